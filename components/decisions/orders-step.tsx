import { formatFigure, sumText } from "@/components/format/decimal-text";
import { Time } from "@/components/format/time";
import type { DecisionDetail } from "@/server/api/contract";
import { Step } from "./step";

/** The orders that were sent and every fill; or that there was nothing to send. */
export function OrdersStep({ n, view }: { n: number; view: DecisionDetail }) {
  const { orders, fills, verdict } = view;
  const none = verdict?.outcome === "deny" ? "No order: risk denied it." : verdict ? "No order was needed." : "No order yet.";
  const about =
    orders.length === 0
      ? undefined
      : `${orders.length} ${orders.length === 1 ? "order" : "orders"}, ${fills.length} ${fills.length === 1 ? "fill" : "fills"}`;
  return (
    <Step n={n} id="orders" title="Order and fills" about={about}>
      <div className="card">
        {orders.length === 0 && (
          <p className="fs12 t2" style={{ padding: "12px 16px" }}>
            {none}
          </p>
        )}
        {orders.map((order) => (
          <OrderFacts key={order.id} order={order} />
        ))}
        {orders.length > 0 && fills.length === 0 && (
          <p className="fs12 t2 card-line" style={{ padding: "12px 16px" }}>
            No fill yet. A paper order fills at the open of the next bar at the earliest.
          </p>
        )}
        {fills.length > 0 && <FillTable view={view} />}
      </div>
    </Step>
  );
}

function OrderFacts({ order }: { order: DecisionDetail["orders"][number] }) {
  const words = `${order.side === "buy" ? "Buy" : "Sell"} ${formatFigure(order.quantity)} ${order.symbol}, ${order.type}${order.limitPrice ? ` ${formatFigure(order.limitPrice)}` : ""}`;
  return (
    <dl className="kv fs12" style={{ padding: "12px 16px" }}>
      <dt>Order</dt>
      <dd>{words}</dd>
      <dt>State</dt>
      <dd>
        {order.status}
        {order.reason ? `: ${order.reason}` : ""}
      </dd>
      <dt>Client order id</dt>
      <dd className="mono" style={{ overflowWrap: "anywhere" }}>
        {order.id}
      </dd>
    </dl>
  );
}

function FillTable({ view: { fills, agent, row } }: { view: DecisionDetail }) {
  const total = (pick: (f: DecisionDetail["fills"][number]) => string) => sumText(fills.map(pick));
  const money = (text: string) => formatFigure(text, { min: 2, max: 4 });
  const oneSymbol = new Set(fills.map((f) => f.symbol)).size === 1;
  return (
    <div className="tbl-w card-line">
      <table className="tbl compact" aria-label="Fills">
        <thead>
          <tr>
            <th scope="col">Fill, UTC</th>
            <th scope="col" className="r">
              {oneSymbol ? fills[0]?.symbol.split("/")[0] : "Quantity"}
            </th>
            <th scope="col" className="r">
              Price
            </th>
            <th scope="col" className="r">
              {agent.currency}
            </th>
            <th scope="col" className="r">
              Fee
            </th>
          </tr>
        </thead>
        <tbody>
          {fills.map((f) => (
            <tr key={f.id}>
              <td>
                <Time at={f.at} short /> {!oneSymbol && f.symbol} <span className="t3">{f.liquidity}</span>
              </td>
              <td className="r">{formatFigure(f.quantity)}</td>
              <td className="r">{formatFigure(f.price)}</td>
              <td className="r">{money(f.notional)}</td>
              <td className="r">{money(f.fee)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>Total</td>
            <td className="r">{oneSymbol && formatFigure(total((f) => f.quantity))}</td>
            <td className="r">{oneSymbol && row.fillPrice && formatFigure(row.fillPrice, { max: 6 })}</td>
            <td className="r">{money(total((f) => f.notional))}</td>
            <td className="r">{money(total((f) => f.fee))}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
