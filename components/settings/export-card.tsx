import { Download } from "lucide-react";

/** The whole workspace as a file. */
export const ExportCard = () => (
  <section className="card s6" aria-labelledby="export-h">
    <div className="card-h">
      <h2 id="export-h">Your data</h2>
    </div>
    <div className="card-b stack g3">
      <p className="t2">
        Agents with every version of their settings, decisions with their records, orders, fills, ledger, events and the audit log, in one file: a
        JSON object a line, amounts exact, times in UTC. The last line says how many there are.
      </p>
      <p className="t3 fs12">Not in it: keys and secrets, and the market&apos;s candles, which decisions name by their hash.</p>
      <div className="row">
        <a className="btn" href="/api/export" download>
          <Download className="i" aria-hidden="true" />
          Download everything
        </a>
      </div>
    </div>
  </section>
);
