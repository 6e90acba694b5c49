// The import order and the purity rules of server/, written once as tables; .oxlintrc.json is made from them.
// Usage: node scripts/oxlint-config.mjs        writes .oxlintrc.json
//        node scripts/oxlint-config.mjs --check exits 1 when the file on disk differs
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

/** Each domain and the domains it may import, through their index.ts only. */
export const mayImport = {
  shared: [],
  events: ["shared"],
  market: ["shared", "events"],
  ledger: ["shared", "events", "market"],
  trading: ["shared", "events", "market", "ledger"],
  risk: ["shared", "events", "market", "ledger", "trading"],
  wallets: ["shared", "events", "market", "ledger", "trading", "risk"],
  goals: ["shared", "events", "market", "ledger", "trading", "risk", "wallets"],
  llm: ["shared", "events"],
  agents: ["shared", "events", "market", "ledger", "trading", "risk", "wallets", "goals", "llm"],
  backtest: ["shared", "events", "market", "ledger", "trading", "risk", "wallets", "goals", "llm", "agents"],
  evidence: ["shared", "events", "market", "ledger", "trading", "risk", "wallets", "goals", "llm", "agents", "backtest"],
};
const domains = Object.keys(mayImport);
const notDomain = ["env", "container", "api", "auth", "adapters", "observability", "worker", "testing"];

const libraries = [
  "next",
  "next/**",
  "next-auth",
  "next-auth/**",
  "react",
  "react/**",
  "react-dom",
  "react-dom/**",
  "@trpc/**",
  "@prisma/**",
  "@/generated/**",
  "**/generated/**",
  "inngest",
  "inngest/**",
  "@/inngest/**",
  "viem",
  "viem/**",
  "wagmi",
  "wagmi/**",
  "ethers",
  "siwe",
  "ccxt",
  "@anthropic-ai/**",
  "@electric-sql/**",
  "pg",
  "pino",
  "prom-client",
  "@opentelemetry/**",
  "@/app/**",
  "@/components/**",
];
const nodeModules = [
  "fs",
  "fs/promises",
  "path",
  "os",
  "net",
  "http",
  "https",
  "child_process",
  "worker_threads",
  "timers",
  "timers/promises",
  "perf_hooks",
  "process",
  "module",
].flatMap((name) => [name, `node:${name}`]);

const up = ["../", "../../", "../../../"];
const fromOutside = (name) => [`@/server/${name}`, `@/server/${name}/**`, ...up.flatMap((u) => [`${u}${name}`, `${u}${name}/**`])];
const deep = (name) => [`@/server/${name}/**`, ...up.map((u) => `${u}${name}/**`)];

function domainImports(domain) {
  const others = domains.filter((d) => d !== domain);
  return {
    paths: [
      domain === "shared"
        ? { name: "node:crypto", allowImportNames: ["createHash", "hash"], message: "purity: only hashing" }
        : { name: "node:crypto", message: "purity: hash through server/shared" },
      { name: "crypto", message: "purity: hash through server/shared" },
    ],
    patterns: [
      {
        group: others.filter((d) => !mayImport[domain].includes(d)).flatMap(fromOutside),
        message: `import order: ${domain} may import ${mayImport[domain].join(", ") || "nothing of server/"}`,
      },
      { group: notDomain.flatMap(fromOutside), message: "import order: a domain knows no adapter, transport or configuration" },
      ...(mayImport[domain].length ? [{ group: mayImport[domain].flatMap(deep), message: "one door: import a domain through its index.ts" }] : []),
      { group: libraries, message: "purity: no framework, driver or SDK in a domain" },
      { group: nodeModules, message: "purity: no I/O in a domain" },
    ].filter((p) => p.group.length > 0),
  };
}

const say = (names, message) => names.map((name) => ({ name, message }));
const impureGlobals = [
  ...say(["setTimeout", "setInterval", "setImmediate", "queueMicrotask"], "purity: no timers in a domain"),
  ...say(["performance"], "purity: take the clock as an argument"),
  ...say(["fetch", "WebSocket", "EventSource", "XMLHttpRequest"], "purity: no network in a domain"),
  ...say(["require"], "purity: import instead"),
];
const properties = (object, names, message) => names.map((property) => ({ object, property, message }));
const envOnly = properties("process", ["env"], "server/env.ts is the only reader of process.env");
const impureProperties = [
  ...envOnly,
  ...properties("Date", ["now"], "purity: take the clock as an argument"),
  ...properties("Math", ["random"], "purity: take a seeded Random as an argument"),
  ...properties("crypto", ["randomUUID", "getRandomValues"], "purity: take ids as an argument"),
  ...["globalThis", "global"].flatMap((o) => properties(o, ["fetch", "setTimeout", "setInterval", "performance", "process", "crypto"], "purity")),
];
const noRequire = { "typescript/no-require-imports": "error" };
const doors = { group: domains.flatMap(deep), message: "one door: import a domain through its index.ts" };

function screenImports(allowed) {
  const reachable = [...domains, ...notDomain].filter((name) => !allowed.includes(name));
  const group = [
    ...reachable.flatMap((name) => [`@/server/${name}`, `@/server/${name}/**`]),
    "**/server/**",
    ...allowed.map((n) => `!@/server/${n}`),
  ];
  return { patterns: [{ group, allowTypeImports: true, message: "screens import types only from server" }] };
}

const config = {
  $schema: "./node_modules/oxlint/configuration_schema.json",
  plugins: ["import", "typescript"],
  categories: { correctness: "error" },
  ignorePatterns: ["generated/**", ".next/**", "dist/**", ".verify/**", "next-env.d.ts"],
  rules: { "import/no-cycle": "error", "typescript/no-explicit-any": "error", ...noRequire },
  overrides: [
    {
      files: ["**/server/**", "**/inngest/**"],
      rules: { "no-restricted-imports": ["error", { patterns: [doors] }], "no-restricted-properties": ["error", ...envOnly] },
    },
    {
      files: ["**/server/adapters/**"],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            patterns: [
              doors,
              {
                group: ["@/app/**", "@/components/**", "react", "react/**", "next", "next/**", ...fromOutside("container")],
                message: "import order: an adapter knows domain ports, no screen, router or container",
              },
              { group: fromOutside("api"), allowTypeImports: true, message: "import order: of the API an adapter knows the view types only" },
            ],
          },
        ],
      },
    },
    ...domains.map((domain) => ({
      files: [`**/server/${domain}/**`],
      rules: {
        "no-restricted-imports": ["error", domainImports(domain)],
        "no-restricted-globals": ["error", ...impureGlobals],
        "no-restricted-properties": ["error", ...impureProperties],
      },
    })),
    {
      files: ["**/components/**", "**/app/**"],
      rules: {
        "no-restricted-imports": ["error", screenImports([])],
        "no-restricted-properties": ["error", ...envOnly],
      },
    },
    { files: ["**/app/**/{page,layout,route}.{ts,tsx}"], rules: { "no-restricted-imports": ["error", screenImports(["container"])] } },
    { files: ["**/app/api/**"], rules: { "no-restricted-imports": ["error", screenImports(["container", "api", "auth", "observability"])] } },
    { files: ["**/server/env.ts"], rules: { "no-restricted-properties": "off" } },
    {
      files: ["**/*.test.{ts,tsx}", "**/server/testing/**"],
      rules: { "no-restricted-imports": "off", "no-restricted-globals": "off", "no-restricted-properties": "off" },
    },
  ],
};

const file = path.join(root, ".oxlintrc.json");
const text = `${JSON.stringify(config, null, 2)}\n`;
if (process.argv.includes("--check")) {
  const same = fs.existsSync(file) && JSON.stringify(JSON.parse(fs.readFileSync(file, "utf8"))) === JSON.stringify(config);
  console.log(
    same ? ".oxlintrc.json is what scripts/oxlint-config.mjs makes" : "run node scripts/oxlint-config.mjs: .oxlintrc.json differs from its tables",
  );
  process.exit(same ? 0 : 1);
}
if (import.meta.filename === process.argv[1]) fs.writeFileSync(file, text);
