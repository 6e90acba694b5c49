"use client";
import type { ReactNode } from "react";
import { type Right, useRefusal } from "./rights";

/** The inside of a form: readable for everybody, to be changed only with the right. */
export function RightFields({ right, children }: { right: Right; children: ReactNode }) {
  const refusal = useRefusal(right);
  if (refusal === null) return children;
  return (
    <>
      <p className="fs12 t3">{refusal}</p>
      <fieldset disabled className="bare stack g3">
        {children}
      </fieldset>
    </>
  );
}
