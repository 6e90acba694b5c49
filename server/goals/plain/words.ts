import type { GoalKind } from "../types";
import type { Amount } from "./amounts";
import type { ReadAfter } from "./reading";

/** What the words of a clause mean: a kind of goal, or what follows once it is reached. `taken` = places of the words that said so. */
export type Role = {
  readonly kind: GoalKind | null;
  readonly after: ((amounts: readonly Amount[]) => Partial<ReadAfter>) | null;
  /** "double" = 100, "triple" = 200 (per cent of profit). */
  readonly multiple: string | null;
  /** The kind makes no sense without an amount, so its lack is a question. */
  readonly asksAmount: boolean;
  readonly taken: readonly number[];
};

const set = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const LOSS = set("lose losing loses loss losses lost drawdown drawdowns fall falling falls drop dropping drops dip dips down risk risking");
const EARN = set(
  "make making earn earning earns gain gaining gains profit profits win return returns up grow growing increase yield achieve generate",
);
const BALANCE = set("balance equity account capital portfolio");
const REACH = set("reach reaching hit into get turn");
const STOP = set("stop stopping halt pause quit");
const COLLECT = set("collect withdraw bank sweep transfer move take cash");
const RAISE = set("raise increase lift");
const ALL = set("everything all positions");

/** Words that carry no meaning here. */
export const FILLER = set(
  "a an the my our i me we us it its this that these those to of for on in at by with and but or then while when once after so please want wants would like need needs should must will shall can could be is are was has have having do does did not no never ever always don't dont more than less most least at maximum minimum max min only just about around from as if until till under below above over , ; let lets try aim goal goals target targets set keep keeping stay staying trading trade money cash with without any also plus per each every s t ve ll today new agent wallet farm all out half whole reached there happens bot which what best possible amount value worth limit cap total overall per $ € £ %",
);

const find = (words: readonly string[], wanted: ReadonlySet<string>): number => words.findIndex((w) => wanted.has(w));

/** Reads the words of one clause, in a fixed order of precedence. */
export function rolesOf(words: readonly string[]): Role {
  const none: Role = { kind: null, after: null, multiple: null, asksAmount: false, taken: [] };
  const at = (...wanted: string[]): number => find(words, new Set(wanted));
  const kind = (k: GoalKind, asksAmount: boolean, ...taken: number[]): Role => ({ ...none, kind: k, asksAmount, taken: taken.filter((i) => i >= 0) });
  const joined = ` ${words.join(" ")} `;

  const winRate =
    at("winrate", "win-rate", "hit-rate") >= 0
      ? at("winrate", "win-rate", "hit-rate")
      : at("rate", "ratio") > 0 && at("win", "hit", "winning", "success") >= 0
        ? at("rate", "ratio")
        : -1;
  if (winRate >= 0) return kind("win-rate", true, winRate, at("win", "hit", "winning", "success"));
  if (at("sharpe") >= 0) return kind("sharpe", true, at("sharpe"), at("ratio"));
  const after = afterRole(words, joined);
  if (after) return { ...none, ...after };
  const loss = find(words, LOSS);
  if (loss >= 0) return kind("drawdown", true, loss);
  if (at("volume", "turnover") >= 0) return kind("volume", true, at("volume", "turnover"), at("trade", "traded", "make", "reach"));
  if (at("income", "salary") >= 0) return kind("income", true, at("income", "salary"), at("make", "earn"));
  if (at("double", "triple", "quadruple") >= 0) {
    const i = at("double", "triple", "quadruple");
    return { ...none, kind: "profit", multiple: { double: "100", triple: "200", quadruple: "300" }[words[i] as "double"] ?? null, taken: [i] };
  }
  const reach = find(words, REACH);
  const balance = find(words, BALANCE);
  const grow = words.findIndex((w, i) => (w === "grow" || w === "growing" || w === "bring" || w === "up") && words.slice(i).includes("to"));
  if (balance >= 0 && find(words, EARN) < 0) return kind("balance", true, balance, reach);
  if (grow >= 0) return kind("balance", true, grow, balance, at("bring"), at("up"));
  if (reach >= 0 && find(words, EARN) < 0) return kind("balance", false, reach, balance);
  const earn = words.flatMap((w, i) => (EARN.has(w) ? [i] : []));
  if (earn.length > 0) return { ...kind("profit", true, ...earn), asksAmount: true };
  if (words[0] === "trade" || at("traded") >= 0) return kind("volume", false, at("trade", "traded"));
  return none;
}

/** "then stop", "collect half of the profit", "raise it by 10 %", "sell everything first", "keep going", "only reduce". */
function afterRole(words: readonly string[], joined: string): Pick<Role, "after" | "taken"> | null {
  const places = (...sets: ReadonlySet<string>[]): number[] => words.flatMap((w, i) => (sets.some((s) => s.has(w)) ? [i] : []));
  const profit = /\b(profit|profits|gain|gains|winnings|earnings|money|it|cash)\b/.test(joined);
  if (/ (only reduce|reduce only|reduce-only|no new (positions|trades|exposure)|buy nothing more) /.test(joined))
    return { after: () => ({ after: "reduce-only" }), taken: places(set("only reduce reduce-only new positions trades exposure buy nothing")) };
  if (/ (close|sell|flatten|exit|liquidate) /.test(joined) && (find(words, ALL) >= 0 || joined.includes(" first ")))
    return {
      after: () => ({ closeFirst: true, after: "stop" }),
      taken: places(set("close sell flatten exit liquidate first everything all positions")),
    };
  if (/ (keep going|keep trading|carry on|go on|continue) /.test(joined))
    return { after: () => ({ after: "continue" }), taken: places(set("keep going trading carry go on continue")) };
  if (find(words, RAISE) >= 0 && / (it|goal|target|the goal|the target) /.test(joined))
    return { after: (a) => ({ after: "raise", raisePercent: a[0]?.value ?? "10" }), taken: places(RAISE) };
  if (find(words, COLLECT) >= 0 && profit && !/ (loss|losing|lose) /.test(joined)) {
    const half = joined.includes(" half ");
    const everything = / (all|everything|whole balance) /.test(joined) && !/ all (the |of the |my )?(profit|profits|gains) /.test(joined);
    return {
      after: (a): Partial<ReadAfter> => {
        const percent = half ? "50" : a[0]?.unit === "percent" ? a[0].value : null;
        return percent !== null ? { collect: "share", collectPercent: percent } : { collect: everything ? "all" : "profit" };
      },
      taken: places(COLLECT, set("profit profits gains winnings earnings vault half all everything")),
    };
  }
  if (find(words, STOP) >= 0 && !/ stop[- ]loss /.test(joined)) return { after: () => ({ after: "stop" }), taken: places(STOP) };
  return null;
}
