"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { BreakerView } from "@/server/api/contract/risk";
import { fromSetting, toSetting } from "./breaker-draft";
import { BREAKER_WORDS, STEP_WORDS } from "./risk-words";

const STEPS = (Object.keys(STEP_WORDS) as BreakerView["setting"]["upTo"][]).map((id) => [id, STEP_WORDS[id]] as const);

/** Changes one breaker of one agent, or (null) of the workspace and of every agent without one of its own. */
export function BreakerForm({
  agentId,
  owner,
  breaker: b,
  trigger,
}: {
  agentId: string | null;
  owner: string;
  breaker: BreakerView;
  trigger: ReactNode;
}) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState(() => fromSetting(b.setting, b.unit));
  const save = useMutation(
    trpc.risk.setBreaker.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        return cache.invalidateQueries({ queryKey: trpc.risk.breakers.pathKey() });
      },
    }),
  );
  const change = (part: Partial<typeof draft>) => {
    setDraft({ ...draft, ...part });
    save.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ agentId, kind: b.kind, setting: toSetting(draft, b.unit) });
  };
  const own = agentId === null ? b.from === "workspace" : b.from === "agent";
  const words = BREAKER_WORDS[b.kind];
  const whole = formMessage(save.error, ["threshold", "setting.threshold", "setting.windowMs", "setting.coolDownMs"]);
  return (
    <Dialog
      open={open}
      onOpenChange={(now) => {
        setOpen(now);
        setDraft(fromSetting(b.setting, b.unit));
        save.reset();
      }}
      trigger={trigger}
      title={`${words.name}: ${owner}`}
      description={`Watches the ${words.says}. At the threshold it reduces, at one and a half times it halts, at twice it halts and sells; while it lasts it goes one step further after each cool-down, and never beyond what you allow here.`}
    >
      <form className="stack g3" onSubmit={submit} noValidate style={{ marginTop: 12 }}>
        <Select
          label="State"
          value={draft.enabled ? "on" : "off"}
          options={[
            ["on", "Armed"],
            ["off", "Off"],
          ]}
          onChange={(v) => change({ enabled: v === "on" })}
        />
        <Field
          label={b.unit === "bars" ? "Threshold, bars" : "Threshold, %"}
          error={fieldMessage(save.error, "threshold") ?? fieldMessage(save.error, "setting.threshold")}
        >
          <input type="text" inputMode="decimal" value={draft.threshold} onChange={(e) => change({ threshold: e.target.value })} />
        </Field>
        <Field label="Window, minutes" hint="Market time. 1 minute to 7 days." error={fieldMessage(save.error, "setting.windowMs")}>
          <input type="text" inputMode="numeric" value={draft.window} onChange={(e) => change({ window: e.target.value })} />
        </Field>
        <Field
          label="Cool-down, minutes"
          hint="Before it goes one step further, or acts again after you let trading go on."
          error={fieldMessage(save.error, "setting.coolDownMs")}
        >
          <input type="text" inputMode="numeric" value={draft.coolDown} onChange={(e) => change({ coolDown: e.target.value })} />
        </Field>
        <Select label="Goes as far as" value={draft.upTo} options={STEPS} onChange={(v) => change({ upTo: v as typeof draft.upTo })} />
        {whole && (
          <p className="err" role="alert">
            {whole}
          </p>
        )}
        <div className="dlg-f" style={{ margin: "16px -20px -16px", flexWrap: "wrap" }}>
          <DialogClose className="btn" data-safe>
            Keep as it is
          </DialogClose>
          {own && (
            <button type="button" className="btn" disabled={save.isPending} onClick={() => save.mutate({ agentId, kind: b.kind, setting: null })}>
              Back to the {agentId === null ? "default" : "workspace's"}
            </button>
          )}
          <button type="submit" className="btn pri" disabled={save.isPending}>
            {save.isPending ? "Saving…" : "Save breaker"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
