"use client";
import { keepPreviousData, useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTRPC, useTRPCClient } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { shortAddress } from "@/components/members/role-words";
import { Field } from "@/components/ui/field";
import { saveFile } from "@/components/ui/save-file";
import { Select } from "@/components/ui/select";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import type { AuditRowView } from "@/server/api/contract/people";
import { actionWords, detailText } from "./audit-words";

const AREAS = [
  ["", "Everything"],
  ["wallet", "Money"],
  ["agent", "Agents"],
  ["goal", "Goals"],
  ["risk", "Risk"],
  ["member", "Members"],
  ["workspace", "Workspace"],
  ["account", "Account"],
  ["other", "Other"],
] as const;
type Area = Exclude<(typeof AREAS)[number][0], "">;
const DAY = 86_400_000;
const PERIODS = [
  ["", "Any time"],
  [String(DAY), "Last day"],
  [String(7 * DAY), "Last week"],
  [String(30 * DAY), "Last 30 days"],
] as const;

/** Who did what and when: nothing here can be changed. */
export function AuditPage() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [area, setArea] = useState("");
  const [actor, setActor] = useState("");
  const [since, setSince] = useState({ period: "", from: 0 });
  const [text, setText] = useState("");
  const searched = useDeferredValue(text.trim());
  const filter = {
    ...(area ? { area: area as Area } : {}),
    ...(actor ? { actor } : {}),
    ...(since.from > 0 ? { from: since.from } : {}),
    ...(searched ? { text: searched } : {}),
  };
  const query = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(
      { ...filter, limit: 50 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: keepPreviousData },
    ),
  );
  const save = useMutation({ mutationFn: () => client.audit.export.query(filter), onSuccess: saveFile });
  const rows = query.data?.pages.flatMap((p) => p.rows) ?? [];
  const actors = query.data?.pages[0]?.actors ?? [];
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Audit</h1>
          <div className="scope">
            <span>who did what and when: entries are only ever added</span>
          </div>
        </div>
        <button type="button" className="btn" disabled={save.isPending} onClick={() => save.mutate()}>
          <Download className="i" aria-hidden="true" />
          {save.isPending ? "Making the file…" : "CSV"}
        </button>
      </div>
      {save.error && <ErrorNote error={save.error} what="The file was not made" />}
      <section className="card" aria-label="Audit log">
        <form className="form-grid" style={{ padding: "12px 16px" }} onSubmit={(e) => e.preventDefault()} aria-label="Filter">
          <Select label="About" value={area} onChange={setArea} options={AREAS} />
          <Select
            label="By"
            value={actor}
            onChange={setActor}
            options={[["", "Anybody"], ...actors.map((a) => [a.actor, nameText(a.who)] as const)]}
          />
          <Select
            label="When"
            value={since.period}
            onChange={(period) => setSince({ period, from: period ? Date.now() - Number(period) : 0 })}
            options={PERIODS}
          />
          <Field label="Contains">
            <input type="search" value={text} maxLength={80} onChange={(e) => setText(e.target.value)} />
          </Field>
        </form>
        {query.isPending && <Loading rows={6} label="Loading the audit log" />}
        {query.error && <ErrorNote error={query.error} what="The audit log could not be loaded" onRetry={() => void query.refetch()} />}
        {query.data && rows.length === 0 && (
          <Empty title="Nothing passes this filter">Every change that a person, a key or the product makes is here.</Empty>
        )}
        {rows.length > 0 && <AuditTable rows={rows} />}
        {query.hasNextPage && (
          <div style={{ padding: 12 }}>
            <button type="button" className="btn sm" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {query.isFetchingNextPage ? "Loading…" : "Show older entries"}
            </button>
          </div>
        )}
      </section>
    </>
  );
}

const AuditTable = ({ rows }: { rows: readonly AuditRowView[] }) => (
  <div className="tbl-w">
    <table className="tbl" data-testid="audit">
      <TableHead columns={["When, UTC", "Who", "What", "About", "Details"]} />
      <tbody>
        {rows.map((r) => (
          <tr key={r.id}>
            <td className="nowrap">
              <Time at={r.at} />
            </td>
            <td className="nowrap">
              <span className={r.who.startsWith("0x") ? "mono" : ""} title={r.who}>
                {nameText(r.who)}
              </span>
            </td>
            <td>
              {actionWords(r.action)}
              <span className="nm2 mono">{r.action}</span>
            </td>
            <td>{r.subjectName ? nameText(r.subjectName) : <span className="t3 mono">{r.subject?.slice(0, 8) ?? "–"}</span>}</td>
            <td className="t2 fs12 brk" style={{ minWidth: 220, maxWidth: 460 }}>
              {detailText(r.data, r.names)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** An address is shortened, a name is not. */
const nameText = (name: string): string => (/^0x[0-9a-fA-F]{40}$/.test(name) ? shortAddress(name) : name);
