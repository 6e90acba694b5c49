import { formatFigure } from "@/components/format/decimal-text";
import { TableHead } from "@/components/ui/table-head";
import type { ModelsView } from "@/server/api/contract";

/** The models an agent can use, with what they cost. */
export function CatalogueCard({ providers }: { providers: ModelsView["providers"] }) {
  return (
    <section className="card s12" aria-labelledby="models-h">
      <div className="card-h">
        <h2 id="models-h">Models and prices</h2>
        <span className="sub">USD per million tokens</span>
      </div>
      <div className="tbl-w">
        <table className="tbl" aria-labelledby="models-h">
          <TableHead columns={["Model", "Provider", ["Context, tokens", "r"], ["Price in", "r"], ["Price out", "r"]]} />
          <tbody>
            {providers.flatMap((p) =>
              p.models.map((m) => (
                <tr key={m.id} style={{ height: 48 }}>
                  <td>
                    <span className="med">{m.label}</span>
                    <span className="nm2 mono">{m.id}</span>
                  </td>
                  <td className="t2">{p.label}</td>
                  <td className="r t2">{m.contextTokens.toLocaleString("en-US")}</td>
                  <td className="r">{formatFigure(m.inputPerMTok, { min: 2, max: 4 })}</td>
                  <td className="r">{formatFigure(m.outputPerMTok, { min: 2, max: 4 })}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}
