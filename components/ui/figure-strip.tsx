import type { ReactNode } from "react";

export type StripFigure = { readonly label: string; readonly value: ReactNode; readonly note?: ReactNode };

/** A row of figures that matter most, each with its name above and what it compares with below. */
export const FigureStrip = ({ label, figures }: { label: string; figures: readonly StripFigure[] }) => (
  <section className="card strip" aria-label={label}>
    {figures.map((f) => (
      <div key={f.label}>
        <p className="fig-l">{f.label}</p>
        <p className="fig-m">{f.value}</p>
        {f.note !== undefined && <p className="fs12 t3">{f.note}</p>}
      </div>
    ))}
  </section>
);
