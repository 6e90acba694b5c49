import { Time } from "@/components/format/time";
import { TableHead } from "@/components/ui/table-head";
import type { ConnectionsView } from "@/server/api/contract";

/** The venues and what they allow. */
export function VenuesTable({ venues }: { venues: ConnectionsView["venues"] }) {
  return (
    <section className="card s12" aria-labelledby="venues-h">
      <div className="card-h">
        <h2 id="venues-h">Rate limits</h2>
      </div>
      <div className="tbl-w">
        <table className="tbl" aria-labelledby="venues-h">
          <TableHead columns={["Venue", ["Requests a second, at most", "r"], "State"]} />
          <tbody>
            {venues.map((venue) => (
              <tr key={venue.id}>
                <td className="med">{venue.label}</td>
                <td className="r num">{venue.requestsPerSecond}</td>
                <td>
                  {venue.pausedUntil === null ? (
                    "takes requests"
                  ) : (
                    <>
                      asked us to wait until <Time at={venue.pausedUntil} />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
