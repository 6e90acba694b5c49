"use client";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { KeyOnce } from "./key-once";
import { NewKeyForm } from "./new-key-form";

/** Names a new key and, once it exists, shows it a single time. */
export function NewKeyDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [made, setMade] = useState<string | null>(null);
  const change = (next: boolean) => {
    if (!next) setMade(null);
    onOpenChange(next);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={made === null ? "New key" : "Copy the key now"}
      description={
        made === null
          ? "A script sends the key with each call and may do what you tick here."
          : "It is not shown again. If it is lost, revoke it and make another."
      }
    >
      {made === null ? <NewKeyForm onMade={setMade} onCancel={() => change(false)} /> : <KeyOnce apiKey={made} onDone={() => change(false)} />}
    </Dialog>
  );
}
