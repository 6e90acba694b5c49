// Every place where a turn can be interrupted, read from the shell's own code: each call of a port, named "port.method". Writes
// server/testing/turn-points.ts, from which the crash tests are generated.
// Usage: node scripts/turn-points.mjs           writes the file
//        node scripts/turn-points.mjs --check   exits 1 when it is out of date, or when an await of the shell has no name
import fs from "node:fs";
import path from "node:path";
import { parseSync } from "oxc-parser";

const root = path.resolve(import.meta.dirname, "..");
const shell = path.join(root, "server/agents/turn/shell");
const target = path.join(root, "server/testing/turn-points.ts");
/** Names of the ports in the shell's code, and the interface and file of each. */
const interfaces = {
  turns: ["TurnStore", "server/agents/turn/shell/ports.ts"],
  orders: ["OrderStore", "server/agents/turn/shell/ports.ts"],
  exchange: ["ExchangeClient", "server/trading/ports.ts"],
  feed: ["MarketFeed", "server/market/ports.ts"],
  budget: ["BudgetRepository", "server/llm/ports.ts"],
  model: ["ModelClient", "server/llm/ports.ts"],
};
/** What is awaited and is no port: the named points themselves, a pause, and what only waits for calls that are looked at by themselves. */
const others = new Set(["points.hit", "ports.sleep", "timer.measure", "Promise.all"]);

const sources = () => [
  ...fs
    .readdirSync(shell)
    .filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts") && f !== "ports.ts")
    .map((f) => path.join(shell, f)),
  path.join(root, "server/llm/call-with-budget.ts"),
];

function walk(node, visit) {
  if (Array.isArray(node)) for (const n of node) walk(n, visit);
  else if (node && typeof node === "object" && typeof node.type === "string") {
    visit(node);
    for (const value of Object.values(node)) if (value && typeof value === "object") walk(value, visit);
  }
}

/** "orders.finish" of `ports.orders.finish(…)`; "finish" of `finish(…)`; null of anything else. */
function calleeOf(node) {
  if (node?.type !== "CallExpression") return null;
  const { callee } = node;
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.computed) return null;
  const { object, property } = callee;
  const owner =
    object.type === "Identifier"
      ? object.name
      : object.type === "MemberExpression" && !object.computed
        ? object.property.name
        : object.type === "ParenthesizedExpression" || object.type === "LogicalExpression"
          ? "points"
          : object.type === "ThisExpression"
            ? "this"
            : null;
  return owner === null ? null : `${owner}.${property.name}`;
}

/** "port.method" of every method of a port that answers later. */
function portMethods() {
  const found = new Set();
  for (const [port, [name, file]] of Object.entries(interfaces)) {
    walk(parseSync(file, fs.readFileSync(path.join(root, file), "utf8")).program, (n) => {
      if (n.type !== "TSInterfaceDeclaration" || n.id.name !== name) return;
      for (const m of n.body.body) if (m.type === "TSMethodSignature" && /^Promise</.test(typeText(m, file))) found.add(`${port}.${m.key.name}`);
    });
  }
  return found;
}
const typeText = (m, file) => {
  const type = m.returnType?.typeAnnotation;
  return type ? fs.readFileSync(path.join(root, file), "utf8").slice(type.start, type.end) : "";
};

/** Points of the given files, and awaits that have no name. */
function scan(files, methods) {
  const parsed = files.map(({ name, text }) => ({ name, text, program: parseSync(name, text).program }));
  // Functions of the shell: what they await is looked at where it stands.
  const own = new Set(["callWithBudget", "run"]);
  for (const { program } of parsed) {
    walk(program, (n) => {
      if (n.type === "FunctionDeclaration" && n.id) own.add(n.id.name);
      if (n.type === "VariableDeclarator" && n.init?.type === "ArrowFunctionExpression" && n.id.type === "Identifier") own.add(n.id.name);
      if (n.type === "MethodDefinition") own.add(`this.${n.key.name}`);
    });
  }
  const points = new Set();
  const unnamed = [];
  for (const { name, text, program } of parsed) {
    walk(program, (n) => {
      const called = calleeOf(n);
      if (methods.has(called)) points.add(called);
      if (n.type !== "AwaitExpression") return;
      const awaited = calleeOf(n.argument);
      const known = awaited !== null && (methods.has(awaited) || others.has(awaited) || own.has(awaited));
      if (!known) unnamed.push(`${name}:${text.slice(0, n.start).split("\n").length}: ${text.slice(n.start, n.end).split("\n")[0]}`);
    });
  }
  return { points: [...points].sort(), unnamed };
}

const methods = portMethods();

// The check must see what it looks for: here is an await without a name, and one with.
const control = scan(
  [{ name: "control.ts", text: "async function f(ports) { await ports.orders.finish(); await fetch('x'); await somebody.elses(); }" }],
  methods,
);
if (control.unnamed.length !== 2 || control.points.join() !== "orders.finish") {
  console.error("turn-points does not find an await without a name any more");
  process.exit(1);
}

const { points, unnamed } = scan(
  sources().map((file) => ({ name: path.relative(root, file), text: fs.readFileSync(file, "utf8") })),
  methods,
);
const text = `/** Made by scripts/turn-points.mjs from the turn's shell: each call of a port, where a process may die before or after it. */
export const TURN_POINTS = [
${points.map((p) => `  "${p}",`).join("\n")}
] as const;
export type TurnPoint = (typeof TURN_POINTS)[number];
`;
if (unnamed.length > 0) {
  console.error(
    `awaits of a turn's shell without a named point: give them to a port, or name them in scripts/turn-points.mjs\n${unnamed.join("\n")}`,
  );
  process.exit(1);
}
if (process.argv[2] !== "--check") {
  fs.writeFileSync(target, text);
  console.log(`${points.length} points in ${path.relative(root, target)}`);
} else if (!fs.existsSync(target) || fs.readFileSync(target, "utf8") !== text) {
  console.error("server/testing/turn-points.ts is out of date: run node scripts/turn-points.mjs");
  process.exit(1);
} else console.log(`${points.length} points, every await of the shell has a name`);
