"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { RightFields } from "@/components/members/right-fields";
import type { AgentDetail } from "@/server/api/contract";
import { AgentFormFields } from "./agent-form";
import { fromDetail, toInput } from "./agent-form-state";

/** The same form for an agent that exists. Each saved edit is a version; a decision names the one it ran with. */
export function EditAgent({ agent: a }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [form, setForm] = useState(() => fromDetail(a));
  // The version the form was filled from, not the newest: an edit made elsewhere meanwhile must not be overwritten unseen.
  const [version, setVersion] = useState(a.configVersion);
  const update = useMutation(
    trpc.agents.update.mutationOptions({
      onSuccess: ({ configVersion }) => {
        setVersion(configVersion);
        void queryClient.invalidateQueries();
      },
    }),
  );
  const reload = () => {
    setForm(fromDetail(a));
    setVersion(a.configVersion);
    update.reset();
  };
  const problem = update.error ? apiError(update.error) : null;
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        const config = toInput(form);
        update.mutate({ agentId: a.id, expectedVersion: version, config: keepSettlement(config, a) });
      }}
    >
      <RightFields right="trade">
        <AgentFormFields form={form} set={(change) => setForm({ ...form, ...change })} problem={problem} isNew={false} currency={a.currency} />
        <div className="row wrap" style={{ padding: 16, borderTop: "1px solid var(--line-1)" }}>
          <button type="submit" className="btn pri" disabled={update.isPending}>
            {update.isPending ? "Saving…" : "Save changes"}
          </button>
          <span className="t3">Version {version}. A saved edit applies from the next decision on.</span>
          {a.configVersion > version && !update.isPending && (
            <span className="row warn" role="status">
              Version {a.configVersion} was saved elsewhere.
              <button type="button" className="btn sm" onClick={reload}>
                Show version {a.configVersion}
              </button>
            </span>
          )}
          {update.isSuccess && <span role="status">Saved as version {update.data.configVersion}.</span>}
          {problem && (
            <span className="err" role="alert">
              Not saved: {problem.message}
            </span>
          )}
        </div>
      </RightFields>
    </form>
  );
}

/** The form does not show when decisions are settled; an edit keeps it while the trigger stays the same. */
function keepSettlement(config: ReturnType<typeof toInput>, a: AgentDetail): ReturnType<typeof toInput> {
  const same = JSON.stringify(config.trigger) === JSON.stringify(a.config.trigger);
  return same ? { ...config, settleAfterMs: a.config.settleAfterMs } : config;
}
