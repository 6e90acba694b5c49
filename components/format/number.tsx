import { formatDecimal, formatFigure, formatPercent, shift, signOf } from "./decimal-text";

const Unit = ({ children }: { children: string | undefined }) => (children ? <span className="u">{children}</span> : null);

/** A level: money with two decimals, unit after. */
export const Money = ({ value, unit, decimals = 2 }: { value: string | null; unit?: string; decimals?: number }) =>
  value === null ? (
    <Unknown />
  ) : (
    <span className="num">
      {formatDecimal(value, decimals)}
      <Unit>{unit}</Unit>
    </span>
  );

/** A quantity or price with the digits it has. */
export const Plain = ({ value, unit, most = 8 }: { value: string | null; unit?: string; most?: number }) =>
  value === null ? (
    <Unknown />
  ) : (
    <span className="num">
      {formatFigure(value, { max: most })}
      <Unit>{unit}</Unit>
    </span>
  );

const Arrow = ({ up }: { up: boolean }) => (
  <svg className="ar" viewBox="0 0 10 10" aria-hidden="true">
    <path d={up ? "M5 1 9.5 9h-9z" : "M5 9 .5 1h9z"} />
  </svg>
);

const Signed = ({ sign, text, unit }: { sign: -1 | 0 | 1; text: string; unit?: string | undefined }) => (
  <span className={`pnl ${sign > 0 ? "gain" : sign < 0 ? "loss" : "flat"}`}>
    {sign !== 0 && <Arrow up={sign > 0} />}
    <span>
      <span className="sr">{sign > 0 ? "gain " : sign < 0 ? "loss " : ""}</span>
      {sign > 0 ? "+" : ""}
      {text}
      <Unit>{unit}</Unit>
    </span>
  </span>
);

/** Money made or lost: colour, sign and arrow, always all three. */
export const Pnl = ({ value, unit, decimals = 2 }: { value: string | null; unit?: string; decimals?: number }) =>
  value === null ? <Unknown /> : <Signed sign={signOf(value, decimals)} text={formatDecimal(value, decimals)} unit={unit} />;

/** A return as percent, signed. Takes a fraction. */
export const Return = ({ value }: { value: string | null }) =>
  value === null ? <Unknown /> : <Signed sign={signOf(shift(value, 2), 2)} text={formatPercent(value)} />;

/** A share or level as percent, unsigned meaning. Takes a fraction. */
export const Percent = ({ value, decimals = 2 }: { value: string | null; decimals?: number }) =>
  value === null ? <Unknown /> : <span className="num">{formatPercent(value, decimals)}</span>;

/** What is not known is a dash, never a zero. */
export const Unknown = ({ reason = "Not known yet" }: { reason?: string }) => (
  <span className="t3" title={reason}>
    —<span className="sr">{reason}</span>
  </span>
);
