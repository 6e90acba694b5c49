import { Time } from "@/components/format/time";
import { TableHead } from "@/components/ui/table-head";
import type { SystemPart } from "@/server/api/contract";

const KINDS = { embedded: ["kind", "Embedded"], real: ["kind real", "Real"], simulated: ["kind sim", "Simulated"] } as const;
const STATES = { up: ["st on", "Up"], degraded: ["st cool", "Degraded"], down: ["st halt", "Down"] } as const;

/** Every part with what it is (hollow square embedded, filled real, hatched simulated) and how it is. */
export function PartsTable({ parts }: { parts: readonly SystemPart[] }) {
  return (
    <section className="card s8" aria-labelledby="parts-h">
      <div className="card-h f-wrap">
        <h2 id="parts-h">Parts</h2>
        <span className="end leg fs12" aria-hidden="true">
          <span className="kind">Embedded</span>
          <span className="kind real">Real</span>
          <span className="kind sim">Simulated</span>
        </span>
      </div>
      <div className="tbl-w">
        <table className="tbl" aria-labelledby="parts-h">
          <TableHead columns={["Part", "Kind", "State", ["Since", "r"]]} />
          <tbody>
            {parts.map((part) => (
              <tr key={part.id} style={{ height: 48 }}>
                <td>
                  <span className="med">{part.label}</span>
                  <span className="nm2">{part.detail}</span>
                </td>
                <td>
                  <span className={KINDS[part.kind][0]}>{KINDS[part.kind][1]}</span>
                </td>
                <td>
                  <span className={STATES[part.state][0]}>{STATES[part.state][1]}</span>
                </td>
                <td className="r t2">{part.since === null ? "—" : <Time at={part.since} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
