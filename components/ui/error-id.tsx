"use client";
import { Check, Copy } from "lucide-react";
import { useState } from "react";

/** The id that leads from what a person sees to our log lines, with a button that copies it. */
export function ErrorId({ id }: { id: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
  };
  return (
    <p className="row g2 t3 fs11">
      <span className="mono" style={{ overflowWrap: "anywhere" }}>
        Error id {id}
      </span>
      <button type="button" className="btn gho sm ico" onClick={copy} aria-label={copied ? "Error id copied" : "Copy the error id"}>
        {copied ? <Check className="i" aria-hidden="true" /> : <Copy className="i" aria-hidden="true" />}
      </button>
    </p>
  );
}
