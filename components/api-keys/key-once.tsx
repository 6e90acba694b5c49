"use client";
import { useState } from "react";
import { TextWell } from "@/components/format/text-well";
import { scriptExample } from "./script-example";

/** The new key, once, with a way to copy it and a script that uses it. */
export function KeyOnce({ apiKey, onDone }: { apiKey: string; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(apiKey);
    setCopied(true);
  };
  return (
    <div className="stack g4" style={{ marginTop: 12 }}>
      <div className="field">
        <label htmlFor="new-key">Your new key</label>
        <div className="row">
          <input id="new-key" className="inp mono" readOnly value={apiKey} onFocus={(e) => e.target.select()} />
          <button type="button" className="btn" onClick={copy}>
            {copied ? "Copied" : "Copy key"}
          </button>
        </div>
      </div>
      <div className="stack g2">
        <h4 className="lbl">Use it in a script</h4>
        <TextWell label="Script example" maxHeight={220} text={scriptExample(typeof window === "undefined" ? "" : window.location.origin)} />
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <button type="button" className="btn pri" onClick={onDone}>
          I have copied it
        </button>
      </div>
    </div>
  );
}
