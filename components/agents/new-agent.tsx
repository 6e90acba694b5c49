"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { Money } from "@/components/format/number";
import { Select } from "@/components/ui/select";
import { AgentFormFields } from "./agent-form";
import { type AgentForm, NEW_AGENT, toInput } from "./agent-form-state";
import { LossSummary } from "./loss-summary";

/** What can it lose at most? One page; the answer stands beside the form and follows it. */
export function NewAgent() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [form, setForm] = useState<AgentForm>(NEW_AGENT);
  const overview = useQuery(trpc.overview.get.queryOptions());
  const wallets = useQuery(trpc.wallets.tree.queryOptions({}));
  const [parentId, setParentId] = useState<string | null>(null);
  const parents = (wallets.data?.rows ?? []).filter((r) => r.mode === "paper" && !r.closed && (r.kind === "treasury" || r.kind === "farm"));
  const parent = parents.find((r) => r.id === parentId) ?? parents[0];
  const create = useMutation(
    trpc.agents.create.mutationOptions({
      onSuccess: ({ agentId }) => {
        void queryClient.invalidateQueries();
        router.push(`/agents/${agentId}`);
      },
    }),
  );
  const problem = create.error ? apiError(create.error) : null;
  const currency = overview.data?.currency ?? "USDT";
  return (
    <>
      <div className="page-h">
        <div>
          <p className="crumb">
            <Link href="/agents">Agents</Link> ›
          </p>
          <h1>New agent</h1>
        </div>
      </div>
      <form
        className="grid"
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          create.mutate({ ...toInput(form), capital: form.capital.trim(), ...(parent ? { parentNodeId: parent.id } : {}) });
        }}
      >
        <div className="card s8">
          <AgentFormFields form={form} set={(change) => setForm({ ...form, ...change })} problem={problem} isNew currency={currency} />
        </div>
        <aside className="s4" aria-label="Summary">
          <div className="card sticky-side">
            <div className="card-h">
              <h2>What it can lose</h2>
            </div>
            <div className="card-b stack g3">
              <LossSummary form={form} currency={currency} />
              {parents.length > 1 && (
                <Select
                  label="Parent wallet"
                  value={parent?.id ?? ""}
                  onChange={(id) => {
                    setParentId(id);
                    create.reset();
                  }}
                  options={parents.map((p) => [p.id, p.name] as const)}
                  error={problem?.field === "parentNodeId" ? problem.message : null}
                />
              )}
              <dl className="kv">
                <dt>Free in {parent && parents.length > 1 ? parent.name : "the treasury"}</dt>
                <dd>
                  <Money value={parent?.free ?? overview.data?.treasury.free ?? null} unit={currency} />
                </dd>
              </dl>
              {problem && (
                <p className="note loss" role="alert">
                  <span>
                    <b className="med">The agent was not made.</b> {problem.message} No money was moved.
                  </span>
                </p>
              )}
              <button type="submit" className="btn lg pri" disabled={create.isPending}>
                {create.isPending ? "Making the agent…" : "Create agent"}
              </button>
              <p className="hint">It starts stopped. You start it on its page.</p>
            </div>
          </div>
        </aside>
      </form>
    </>
  );
}
