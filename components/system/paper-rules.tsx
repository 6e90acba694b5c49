/** How paper orders are filled, in words: the same rules live, in backtests and in tests. */
export function PaperRules() {
  return (
    <section className="card" aria-labelledby="paper-h">
      <div className="card-h">
        <h2 id="paper-h">How paper orders fill</h2>
      </div>
      <ul className="card-b stack g2 fs12 t2">
        <li>No order fills before the open of the first bar that starts after it was sent.</li>
        <li>A market order fills at that open, half a spread worse for the trader, and pays the taker fee.</li>
        <li>A limit order that is already marketable there fills at the open price and pays the taker fee.</li>
        <li>A resting limit order fills only when a later price goes through its limit, and pays the maker fee. Touching it is not enough.</li>
        <li>No order takes more than a tenth of a bar’s volume; the rest follows in later bars.</li>
        <li>Where a bar leaves the order of events open, the one that is worse for the trader counts.</li>
      </ul>
    </section>
  );
}
