import fs from "node:fs";
import { openDatabase } from "@/server/adapters/db/open-database";
const N = Number(process.argv[2] ?? 60);
const dir = fs.mkdtempSync("/tmp/mp-stm-");
process.env.DATA_DIR = dir; process.env.MEMEPULSE_MODE="development"; process.env.MARKET_SEED="7"; process.env.LOG_LEVEL="error";
const { seedForTest } = await import("../bench/areas/load");
const db0 = await openDatabase({ dataDir: dir }); await seedForTest(db0, N); await db0.close();
const { PGlite } = await import("@electric-sql/pglite");
const names = new Map<string,string>(); const pure = new Map<string,{n:number,ms:number}>(); let measuring=false;
const orig = PGlite.prototype.execProtocolStream; const dec = new TextDecoder();
PGlite.prototype.execProtocolStream = async function(this: any, m: Uint8Array, o: any) { const t0=performance.now(); const r = await orig.call(this, m, o); const dt=performance.now()-t0;
  const tx = dec.decode(m.subarray(0, 4000)); let key = tx.slice(0,30);
  const p = /P....(q\d+)\0([^\0]*)/s.exec(tx); if (p) { names.set(p[1]!, p[2]!.replace(/\s+/g," ")); key = "PARSE"; }
  else { const b = /^B....\0(q\d+)\0/s.exec(tx); if (b) key = names.get(b[1]!) ?? b[1]!; }
  if (measuring) { const e = pure.get(key) ?? {n:0,ms:0}; e.n++; e.ms+=dt; pure.set(key,e); }
  return r; } as any;
const origRaw = PGlite.prototype.execProtocolRaw; 
const { container } = await import("@/server/container");
const c = await container();
await c.engine!.start(c.inngestHandler as never);
await c.queue.wakeScheduler();
const counts = new Map<string, {n:number, ms:number}>();
let on=false;
const stop = c.db.observe((sql: string) => { if(!on) return undefined; const s = performance.now(); return () => { const k=sql.replace(/\s+/g," ").replace(/\$\d+(, ?\$\d+)+/g,"$…").slice(0,150); const e=counts.get(k)??{n:0,ms:0}; e.n++; e.ms+=performance.now()-s; counts.set(k,e);} });
const from = Math.ceil((Date.now()+60000)/60000)*60000;
await new Promise(r=>setTimeout(r, from-Date.now()-500));
on=true; measuring=true; const cpu=process.cpuUsage();
await new Promise(r=>setTimeout(r, 60000));
on=false; measuring=false; const u=process.cpuUsage(cpu); stop();
console.log("cpu s", (u.user+u.system)/1e6, "turns", N);
let all=0; for(const [k,e] of counts) all+=e.n;
console.log("per turn", (all/N).toFixed(1));
let tot=0; for (const e of pure.values()) tot+=e.ms; console.log("pure db ms per turn", tot/N); for (const [k,e] of [...pure].sort((a,b)=>b[1].ms-a[1].ms).slice(0,32)) console.log((e.n/N).toFixed(2).padStart(6), (e.ms/e.n).toFixed(2).padStart(7)+"ms", (e.ms/N).toFixed(2), k.slice(0,110));
if(0) for (const [k,e] of [...counts].sort((a,b)=>b[1].n-a[1].n).slice(0,70)) console.log((e.n/N).toFixed(2).padStart(6), (e.ms/e.n).toFixed(2).padStart(7)+"ms", k);
await c.close(); fs.rmSync(dir,{recursive:true,force:true}); process.exit(0);
