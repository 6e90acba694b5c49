import { formatMoney, signOf } from "./decimal-text";

/** A gain or loss: colour, sign and arrow together, so none of them is needed alone. */
export function Pnl({ value, unit }: { value: string; unit?: string }) {
  const sign = signOf(value);
  return (
    <span className={`pnl ${sign > 0 ? "gain" : sign < 0 ? "loss" : "flat"}`}>
      {sign !== 0 && (
        <svg className="ar" viewBox="0 0 10 10" aria-hidden="true">
          <path d={sign > 0 ? "M5 1 9 9H1Z" : "M5 9 1 1h8Z"} />
        </svg>
      )}
      <span>
        {formatMoney(value, true)}
        {unit && <span className="u">{unit}</span>}
      </span>
    </span>
  );
}
