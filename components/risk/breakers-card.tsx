"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { ShortTime } from "@/components/format/short-time";
import { shortDuration } from "@/components/format/time-text";
import { RightButton } from "@/components/members/right-button";
import { Meter } from "@/components/ui/meter";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import type { BreakersView, BreakerView } from "@/server/api/contract/risk";
import { BreakerForm } from "./breaker-form";
import { BREAKER_WORDS, breakerFigure, STATUS_WORDS, STEP_WORDS } from "./risk-words";

type Subject = BreakersView["subjects"][number];

/** Every breaker with its figure, threshold and headroom; who was stopped by one is let go on here. */
export function BreakersCard({ agentId }: { agentId: string | null }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const query = useQuery(trpc.risk.breakers.queryOptions(undefined, { refetchInterval: 30_000 }));
  const check = useMutation(trpc.risk.check.mutationOptions({ onSettled: () => cache.invalidateQueries({ queryKey: trpc.risk.pathKey() }) }));
  const all = query.data?.subjects ?? [];
  const subjects = all.filter((s) => s.agentId === null || agentId === null || s.agentId === agentId);
  // Who was stopped or is about to be first; of very many the rest is a choice away.
  const shown = [...subjects].sort((a, b) => urgency(b) - urgency(a)).slice(0, MOST_SHOWN);
  return (
    <section className="card s12" aria-labelledby="breakers-h">
      <div className="card-h wrap">
        <h2 id="breakers-h">Circuit breakers</h2>
        <span className="sub">checked every minute; reduce, then halt, then sell, as far as each may go</span>
        <span className="end">
          {check.data && (
            <span className="fs12 t3" role="status">
              Checked: {check.data.acted === 0 ? "nothing had to be done" : `${check.data.acted} acted`}.
            </span>
          )}
          <RightButton right="trade" className="btn sm" disabled={check.isPending} onClick={() => check.mutate()}>
            {check.isPending ? "Checking…" : "Check now"}
          </RightButton>
        </span>
      </div>
      {check.error && <ErrorNote error={check.error} what="The check did not come to its end" />}
      {query.error && <ErrorNote error={query.error} what="The breakers could not be read" onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading rows={5} label="Reading the breakers" />}
      {query.data && subjects.length === 0 && (
        <Empty title="Nothing to watch yet">Breakers are armed as soon as an agent runs or holds something.</Empty>
      )}
      {shown.map((s) => (
        <SubjectBreakers key={s.agentId ?? "workspace"} subject={s} now={query.data?.at ?? 0} />
      ))}
      {subjects.length > shown.length && (
        <p className="card-line fs12 t3" style={{ padding: "10px 16px" }}>
          {shown.length} of {subjects.length} shown. Choose an agent above for its own.
        </p>
      )}
    </section>
  );
}

const MOST_SHOWN = 12;
/** The workspace first, then who is stopped, then who is nearest to it. */
const urgency = (s: Subject): number =>
  (s.agentId === null ? 1_000 : 0) + (s.tradingState === "active" ? 0 : 100) + Math.min(99, Math.max(0, ...s.breakers.map((b) => b.ratio ?? 0)));

const STATES: Readonly<Record<string, string>> = { active: "trading", reducing: "may only reduce", halted: "halted" };

function SubjectBreakers({ subject: s, now }: { subject: Subject; now: number }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const resume = useMutation(trpc.risk.resume.mutationOptions({ onSuccess: () => cache.invalidateQueries() }));
  const tripped = s.breakers.some((b) => b.step !== null);
  const stopped = s.tradingState !== "active";
  return (
    <div className="card-line">
      <div className="row wrap" style={{ padding: "10px 16px 4px" }}>
        <h3 className="fs12 med t2">{s.name}</h3>
        <span className={`bdg ${s.tradingState === "halted" ? "loss" : stopped ? "warn" : ""}`}>{STATES[s.tradingState] ?? s.tradingState}</span>
        {(stopped || tripped) && (
          <RightButton
            right="trade"
            className="btn sm"
            style={{ marginLeft: "auto" }}
            disabled={resume.isPending}
            onClick={() => resume.mutate({ agentId: s.agentId })}
          >
            {resume.isPending ? "Resetting…" : `Reset and let ${s.agentId === null ? "the workspace" : s.name} trade`}
          </RightButton>
        )}
      </div>
      {resume.error && <ErrorNote error={resume.error} what="It was not reset" />}
      <ul className="breakers">
        {s.breakers.map((b) => (
          <li key={b.kind}>
            <Breaker agentId={s.agentId} owner={s.name} breaker={b} now={now} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Breaker({ agentId, owner, breaker: b, now }: { agentId: string | null; owner: string; breaker: BreakerView; now: number }) {
  const status = STATUS_WORDS[b.status];
  const words = BREAKER_WORDS[b.kind];
  const { setting } = b;
  return (
    <div className="stack g2">
      <div className="row between">
        <span className={`st ${status.dot}`}>{status.word}</span>
        <BreakerForm
          agentId={agentId}
          owner={owner}
          breaker={b}
          trigger={
            <RightButton right="own" className="btn gho sm" aria-label={`Change the breaker ${words.name} of ${owner}`}>
              Change
            </RightButton>
          }
        />
      </div>
      {b.figure === null ? (
        <p>
          <span className="med">{words.name}</span>
          <span className="fs12 t2" style={{ display: "block" }}>
            {b.reason}
          </span>
        </p>
      ) : (
        <Meter
          label={words.name}
          value={breakerFigure(b.unit, b.figure)}
          limit={breakerFigure(b.unit, setting.threshold)}
          share={b.ratio ?? 0}
          badge={b.status === "breached" || b.status === "cooling" ? (b.ratio !== null && b.ratio >= 1 ? "over" : null) : null}
        />
      )}
      <p className="fs12 t3">
        {b.symbol && `${b.symbol}; `}
        {shortDuration(setting.windowMs)} window, {shortDuration(setting.coolDownMs)} cool-down, {STEP_WORDS[setting.upTo]}
        {b.from !== "default" && `; set for ${b.from === "agent" ? "this agent" : "the workspace"}`}
        {b.waitsUntil !== null && (
          <>
            ; waits until <ShortTime at={b.waitsUntil} now={now} />
          </>
        )}
      </p>
    </div>
  );
}
