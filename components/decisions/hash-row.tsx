"use client";
import { Check, Copy, X } from "lucide-react";
import { useState } from "react";
import { shortHash } from "@/components/format/decimal-text";

/** One hash with a button that copies all of it, and whether the replay gave the same. */
export function HashRow({ name, hash, replayed }: { name: string; hash: string; replayed?: string | undefined }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(hash);
    setCopied(true);
  };
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span className="row" style={{ justifyContent: "flex-end" }}>
          {replayed !== undefined && <Match same={replayed === hash} replayed={replayed} />}
          <span className="mono" title={hash}>
            {shortHash(hash)}
          </span>
          <button type="button" className="btn gho sm ico" aria-label={copied ? `Copied the ${name} hash` : `Copy the ${name} hash`} onClick={copy}>
            {copied ? <Check className="i i-xs" aria-hidden="true" /> : <Copy className="i i-xs" aria-hidden="true" />}
          </button>
        </span>
      </dd>
    </>
  );
}

function Match({ same, replayed }: { same: boolean; replayed: string }) {
  return (
    <span className={same ? "gain row" : "loss row"} style={{ gap: 4 }}>
      {same ? <Check className="i i-xs" aria-hidden="true" /> : <X className="i i-xs" aria-hidden="true" />}
      {same ? "same" : replayed ? `replayed ${shortHash(replayed)}` : "not reached"}
    </span>
  );
}
