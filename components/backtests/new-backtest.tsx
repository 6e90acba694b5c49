"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage } from "@/components/format/field-message";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { BacktestOptions } from "@/server/api/contract/backtests";
import { AgentFields } from "./agent-fields";
import { AxisFields } from "./axis-fields";
import { CostFields } from "./cost-fields";
import { EngineFields } from "./engine-fields";
import { type BacktestForm, combinations, formOf, newAgent, newForm, toInput } from "./form-state";
import { LimitFields } from "./limit-fields";
import { WhatFields } from "./what-fields";

/** What would these rules have done? `copyOf` = a backtest whose settings the form begins with. */
export function NewBacktest({ copyOf }: { copyOf: string | null }) {
  const trpc = useTRPC();
  const options = useQuery(trpc.backtests.options.queryOptions());
  const copied = useQuery(trpc.backtests.get.queryOptions({ backtestId: copyOf ?? "" }, { enabled: copyOf !== null }));
  const waiting = options.isPending || (copyOf !== null && copied.isPending);
  return (
    <>
      <div className="page-h">
        <div>
          <p className="crumb">
            <Link href="/backtests">Backtests</Link> ›
          </p>
          <h1>New backtest</h1>
          <p className="scope">
            <span className="bdg m-paper">PAPER</span>
            <span>past prices, the live decider and risk engine, the paper venue's own fills</span>
          </p>
        </div>
      </div>
      {waiting && <Loading rows={8} label="Loading what can be tested" />}
      {options.error && <ErrorNote error={options.error} what="The form could not be prepared" onRetry={() => void options.refetch()} />}
      {options.data && !waiting && (
        <Form
          options={options.data}
          start={
            copied.data ? formOf(copied.data.job, `${copied.data.row.name} again`.slice(0, 80), options.data.limits.farms) : newForm(options.data)
          }
        />
      )}
    </>
  );
}

function Form({ options, start }: { options: BacktestOptions; start: BacktestForm }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [form, setForm] = useState(start);
  const create = useMutation(
    trpc.backtests.create.mutationOptions({
      onSuccess: ({ backtestId }) => {
        void queryClient.invalidateQueries({ queryKey: trpc.backtests.pathKey() });
        router.push(`/backtests/${backtestId}`);
      },
    }),
  );
  const set = (change: Partial<BacktestForm>) => setForm({ ...form, ...change });
  const single = form.kind === "single";
  const agents = single ? form.agents : form.agents.slice(0, 1);
  const setAgent = (key: number, change: Partial<BacktestForm["agents"][number]>) =>
    set({ agents: form.agents.map((a) => (a.key === key ? { ...a, ...change } : a)) });
  const error = (field: string): string | null =>
    fieldMessage(create.error, `spec.${field}`) ?? fieldMessage(create.error, field) ?? fieldMessage(create.error, `base.${field}`);
  return (
    <form
      className="grid"
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate(toInput({ ...form, agents }));
      }}
    >
      <div className="s8 stack g4" style={{ display: "grid", gap: 16, alignContent: "start" }}>
        <WhatFields form={form} set={set} options={options} error={error} />
        {agents.map((agent, i) => (
          <AgentFields
            key={agent.key}
            agent={agent}
            options={options}
            interval={form.interval}
            swept={single ? [] : form.axes.map((a) => a.param)}
            alone={agents.length === 1}
            set={(change) => setAgent(agent.key, change)}
            onRemove={() => set({ agents: form.agents.filter((a) => a.key !== agent.key) })}
            error={(field) => error(`agents.${i}.${field}`)}
          />
        ))}
        {single && agents.length < 8 && (
          <div>
            <button
              type="button"
              className="btn"
              onClick={() =>
                set({
                  agents: [
                    ...form.agents,
                    newAgent(
                      Math.max(...form.agents.map((a) => a.key)) + 1,
                      options.symbols[form.agents.length]?.symbol ?? options.symbols[0]?.symbol ?? "",
                    ),
                  ],
                })
              }
            >
              Add another agent
            </button>
          </div>
        )}
        {!single && <AxisFields form={form} set={set} rule={options.ruleSets.find((r) => r.id === agents[0]?.ruleSet)} error={error} />}
        <LimitFields form={form} set={set} options={options} error={error} />
        <CostFields form={form} set={set} error={error} />
      </div>
      <aside className="s4" aria-label="Engine and start">
        <div className="card sticky-side">
          <div className="card-h">
            <h2>Engine</h2>
          </div>
          <div className="card-b stack g3">
            <EngineFields form={form} set={set} options={options} error={error} />
            <p className="t3 fs12">
              {single
                ? `Adds ${agents.length} ${agents.length === 1 ? "trial" : "trials"} to those of ${agents.length === 1 ? "its" : "their"} symbols and rule set.`
                : `${combinations(form)} combinations${form.kind === "walk-forward" ? " a window" : ""}: each is a trial, and every trial lowers what the best one proves.`}
            </p>
            {create.error && <ErrorNote error={create.error} what="The backtest was not started" />}
            <button type="submit" className="btn pri" disabled={create.isPending}>
              {create.isPending ? "Checking…" : single ? "Run the backtest" : form.kind === "sweep" ? "Run the sweep" : "Run the walk-forward"}
            </button>
          </div>
        </div>
      </aside>
    </form>
  );
}
