"use client";
import { Check, Link as LinkIcon } from "lucide-react";
import { useState } from "react";

/** Copies the address of this page. */
export function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(window.location.href);
    setCopied(true);
  };
  return (
    <button type="button" className="btn" onClick={copy}>
      {copied ? <Check className="i" aria-hidden="true" /> : <LinkIcon className="i" aria-hidden="true" />}
      {copied ? "Link copied" : "Copy link"}
    </button>
  );
}
