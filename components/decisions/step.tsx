import type { ReactNode } from "react";

type Props = { n: number; id: string; title: string; about?: string; aside?: ReactNode; tone?: "key"; children: ReactNode };

/** One numbered step of a decision, under its own heading. */
export function Step({ n, id, title, about, aside, tone, children }: Props) {
  return (
    <article className={tone ? `step ${tone}` : "step"} id={id} aria-labelledby={`${id}-h`}>
      <span className="step-n" aria-hidden="true">
        {n}
      </span>
      <div className="step-h">
        <h2 id={`${id}-h`}>{title}</h2>
        {about && <span className="t3 fs12 hide-s">{about}</span>}
        {aside && <span className="off">{aside}</span>}
      </div>
      {children}
    </article>
  );
}
