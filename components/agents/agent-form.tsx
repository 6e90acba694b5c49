"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import type { ApiProblem } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { formatFigure } from "@/components/format/decimal-text";
import { LaterLimitFields } from "@/components/risk/later-limit-fields";
import { ProtectionFields } from "@/components/risk/protection-fields";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { SymbolView } from "@/server/api/contract";
import type { AgentForm } from "./agent-form-state";
import { DeciderFields } from "./decider-fields";

const TRIGGERS = [
  ["1m", "Every minute"],
  ["5m", "Every 5 minutes"],
  ["15m", "Every 15 minutes"],
  ["1h", "Every hour"],
  ["4h", "Every 4 hours"],
  ["1d", "Every day"],
  ["manual", "Only when asked"],
] as const;

type Props = {
  readonly form: AgentForm;
  readonly set: (change: Partial<AgentForm>) => void;
  readonly problem: ApiProblem | null;
  readonly isNew: boolean;
  readonly currency: string;
};

/** The parts of an agent: what it is, what it trades, who decides, what it can lose at most. */
export function AgentFormFields({ form, set, problem, isNew, currency }: Props) {
  const trpc = useTRPC();
  const symbols = useQuery(trpc.market.symbols.queryOptions());
  const models = useQuery(trpc.models.get.queryOptions());
  const error = (field: string) =>
    problem?.field === field ||
    problem?.field === `config.${field}` ||
    problem?.field?.startsWith(`${field}.`) ||
    problem?.field?.startsWith(`config.${field}.`)
      ? problem.message
      : null;
  const text = (key: keyof AgentForm) => ({
    value: String(form[key]),
    onChange: (e: { target: { value: string } }) => set({ [key]: e.target.value }),
  });
  const intervals = symbols.data?.find((s) => s.symbol === form.symbols[0])?.intervals ?? ["1m", "5m", "15m", "1h", "4h", "1d"];
  return (
    <>
      <Section title="Agent" hint="A name, and whether its money is real.">
        <Field label="Name" error={error("name")}>
          <input className="inp" maxLength={60} autoComplete="off" {...text("name")} />
        </Field>
        <Mode />
      </Section>
      <Section title="Market" hint="What it may trade, and what wakes it.">
        <Symbols list={symbols.data} chosen={form.symbols} onChange={(next) => set({ symbols: next })} error={error("symbols")} />
        <div className="form-grid">
          <Select
            label="Wake it"
            value={form.trigger}
            onChange={(trigger) => set({ trigger })}
            error={error("trigger")}
            options={TRIGGERS.filter(([id]) => id === "manual" || intervals.includes(id))}
          />
          <Select
            label="Bars it sees"
            value={form.barInterval}
            onChange={(barInterval) => set({ barInterval })}
            error={error("barInterval")}
            options={intervals.map((i) => [i, i] as const)}
          />
        </div>
      </Section>
      <Section title="Decider" hint="Rules, or a language model with your own key.">
        <DeciderFields form={form} set={set} models={models.data} error={error} />
        <Field label="Strategy" hint="In your own words. Language models read it; rules do not." error={error("strategyText")}>
          <TextArea {...text("strategyText")} />
        </Field>
        <Field
          label="Model budget a day"
          unit="USD"
          hint="Reserved before each call, settled after it. Rules cost nothing."
          error={error("dailyModelCap")}
        >
          <input className="inp" inputMode="decimal" {...text("dailyModelCap")} />
        </Field>
      </Section>
      <Section title="Money and limits" hint="Hard limits: code checks them after every decision, whoever made it.">
        {isNew && (
          <Field label="Capital" unit={currency} hint="Moved from its parent wallet." error={error("capital")}>
            <input className="inp" inputMode="decimal" {...text("capital")} />
          </Field>
        )}
        <div className="form-grid">
          <Field label="Largest position" unit={currency} error={error("limits.maxPositionNotional")}>
            <input className="inp" inputMode="decimal" {...text("maxPositionNotional")} />
          </Field>
          <Field label="Largest order" unit={currency} error={error("limits.maxOrderNotional")}>
            <input className="inp" inputMode="decimal" {...text("maxOrderNotional")} />
          </Field>
          <Field label="Largest loss a day" unit={currency} error={error("limits.maxDailyLoss")}>
            <input className="inp" inputMode="decimal" {...text("maxDailyLoss")} />
          </Field>
          <Field label="Orders an hour" unit="orders" error={error("limits.maxOrdersPerHour")}>
            <input className="inp" inputMode="numeric" {...text("maxOrdersPerHour")} />
          </Field>
        </div>
        <Field
          label="Allowed markets"
          hint="Orders in any other market are denied. Like BTC/USDT, DOGE/USDT. Empty: no such list."
          error={error("limits.allowedSymbols")}
        >
          <input className="inp" autoComplete="off" {...text("allowedSymbols")} />
        </Field>
        <LaterLimitFields draft={form.later} set={(later) => set({ later })} error={error} currency={currency} />
        {form.deciderKind === "model" && models.data?.providers[0]?.key === null && (
          <p className="hint">
            No key is stored yet: paste one on the{" "}
            <Link className="link" href="/models">
              Models
            </Link>{" "}
            page.
          </p>
        )}
      </Section>
      <Section title="Protections" hint="After bad trades it opens nothing for a while. What is held may always be sold.">
        <ProtectionFields drafts={form.protections} set={(protections) => set({ protections })} error={error} />
      </Section>
    </>
  );
}

const TextArea = (props: { value: string; onChange: (e: { target: { value: string } }) => void; id?: string; className?: string }) => (
  <textarea rows={4} maxLength={8000} {...props} />
);

function Section({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <section className="form-row" aria-label={title}>
      <div>
        <h2 className="fs14 semi">{title}</h2>
        <p className="hint">{hint}</p>
      </div>
      <div className="stack g4">{children}</div>
    </section>
  );
}

function Mode() {
  return (
    <fieldset className="form-grid">
      <legend className="lbl" style={{ marginBottom: 6 }}>
        Money
      </legend>
      <label className="rad on">
        <input type="radio" name="mode" className="sr" defaultChecked />
        <b className="med">Paper</b>
        <span className="t3">Simulated orders on the paper venue, with fees.</span>
      </label>
      <label className="rad dis">
        <input type="radio" name="mode" className="sr" disabled />
        <b className="med t3">Live</b>
        <span className="t3">Disabled: no live venue is connected in this version, and an agent has to prove itself on paper first.</span>
      </label>
    </fieldset>
  );
}

function Symbols({
  list,
  chosen,
  onChange,
  error,
}: {
  list: readonly SymbolView[] | undefined;
  chosen: readonly string[];
  onChange: (next: string[]) => void;
  error: string | null;
}) {
  return (
    <fieldset className="stack g2" aria-describedby={error ? "symbols-error" : undefined}>
      <legend className="lbl" style={{ marginBottom: 6 }}>
        Symbols
      </legend>
      <div className="row wrap">
        {(list ?? []).map((s) => (
          <label key={s.symbol} className={`btn ${chosen.includes(s.symbol) ? "pri" : ""}`}>
            <input
              type="checkbox"
              className="sr"
              checked={chosen.includes(s.symbol)}
              onChange={(e) => onChange(e.target.checked ? [...chosen, s.symbol] : chosen.filter((c) => c !== s.symbol))}
            />
            {s.symbol}
            <span className="num">{s.lastPrice === null ? "" : formatFigure(s.lastPrice)}</span>
          </label>
        ))}
      </div>
      {error && (
        <p className="err" id="symbols-error">
          {error}
        </p>
      )}
    </fieldset>
  );
}
