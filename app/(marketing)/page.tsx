import { Ban, Fingerprint, OctagonX, Repeat, ScrollText, ShieldCheck, Wallet } from "lucide-react";
import Link from "next/link";
import { Logo } from "@/components/shell/logo";

const DOES = [
  {
    icon: ScrollText,
    title: "Explains every decision",
    text: "What woke the agent, what it saw and from whom, the exact prompt and answer, each limit beside its value, every order, fill and posting.",
  },
  {
    icon: Repeat,
    title: "Replays every decision",
    text: "Press Replay on any decision: it is computed again from what was recorded, stage by stage, and either is identical or names the stage that differs.",
  },
  {
    icon: ShieldCheck,
    title: "Keeps hard limits",
    text: "Order size, position, daily loss, orders an hour, allowed symbols. Code checks them after the model has spoken; nothing it says can pass them.",
  },
  {
    icon: Fingerprint,
    title: "Sends an order once",
    text: "An order is written down before it is sent, sent once, and afterwards only asked about. A crash at any point makes no second one.",
  },
  {
    icon: Wallet,
    title: "Caps what models cost",
    text: "The worst case is reserved before each call and settled after it, per agent and per workspace, from the first call on.",
  },
  {
    icon: OctagonX,
    title: "Stops when you say so",
    text: "One switch halts an agent, or everything, and sells what is held if you want that. It works while the scheduler is stopped.",
  },
] as const;

const DOES_NOT = [
  "It does not trade real money yet: every order goes to the paper venue. Live trading is disabled and says so.",
  "It does not promise profit. Each result stands next to simply holding the same money, fees included.",
  "The rule-based deciders are rules, not language models, and are called rules wherever they appear.",
  "Simulated prices are called simulated wherever a result rests on them.",
] as const;

/** What this is and whether it can be trusted; what it does not do has the same rank. */
export default function Landing() {
  return (
    <div className="mk">
      <header className="mk-top">
        <span className="brand" style={{ padding: 0 }}>
          <Logo />
          MemePulse
        </span>
        <Link href="/sign-in" className="btn pri">
          Sign in
        </Link>
      </header>
      <main className="stack" style={{ gap: 56 }}>
        <section className="stack g4" style={{ paddingTop: 56 }}>
          <h1>Trading agents that answer for every decision</h1>
          <p className="lead">
            Give an agent a market, a budget and hard limits, and watch it decide. Each decision is checked by code, executed once, explained, and can
            be replayed to the same result.
          </p>
          <div className="row">
            <Link href="/sign-in" className="btn lg pri">
              Sign in with a wallet
            </Link>
            <span className="bdg m-paper">PAPER</span>
            <span className="t3">Paper trading only</span>
          </div>
          <div
            className="mk-shot"
            role="img"
            aria-label="The overview of the demo: the equity of four paper agents beside holding the same money, over a simulated market, and their latest decisions"
          />
          <p className="foot-note">The demo, as it starts on your machine: paper money, a simulated market, real decisions of the rules it names.</p>
        </section>
        <section className="stack g4" aria-labelledby="does">
          <h2 id="does">What it does</h2>
          <div className="mk-grid">
            {DOES.map(({ icon: Icon, title, text }) => (
              <div className="card" key={title} style={{ padding: 20, gap: 8 }}>
                <Icon className="i i-l acc" aria-hidden="true" />
                <h3 className="fs14 semi">{title}</h3>
                <p className="t2">{text}</p>
              </div>
            ))}
          </div>
        </section>
        <section className="stack g4" aria-labelledby="does-not">
          <h2 id="does-not">What it does not do</h2>
          <ul className="card" style={{ padding: "8px 20px" }}>
            {DOES_NOT.map((text) => (
              <li key={text} className="row-t" style={{ padding: "12px 0" }}>
                <Ban className="i t3" aria-hidden="true" style={{ marginTop: 2 }} />
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </section>
      </main>
    </div>
  );
}
