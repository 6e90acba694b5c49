import { openDatabase } from "@/server/adapters/db/open-database";
import { newId } from "@/server/adapters/db/new-id";
import { sequenceWith } from "@/server/adapters/events/sequence-events";
import { seedWorkspace } from "@/server/testing/seed-workspace";
const db = await openDatabase({});
const ws: string[] = []; for (let i=0;i<30;i++) ws.push((await seedWorkspace(db)).workspaceId);
for (let k=0;k<200;k++) { await db.raw.query(`INSERT INTO "Event" (id,"workspaceId",type,data) SELECT e.id, e.w, 'x', '{}' FROM jsonb_to_recordset($1::jsonb) AS e(id uuid, w uuid)`, [JSON.stringify(Array.from({length:100},(_, i)=>({id:newId(), w: ws[i%30]})))]); await sequenceWith(db.raw.query as never, 500, []); }
const one = async () => { await db.raw.query(`INSERT INTO "Event" (id,"workspaceId",type,data) VALUES ($1::uuid,$2::uuid,'x','{}')`, [newId(), ws[0]]); };
await db.raw.exec("SET enable_bitmapscan TO off"); let t=0; for (let i=0;i<50;i++){ await one(); const a=performance.now(); await sequenceWith(db.raw.query as never, 32, []); t+=performance.now()-a; }
console.log("ms", t/50);
await one();
let sql=""; await sequenceWith((async (s: string)=>{sql=s; return [];}) as never, 32, []);
const plan = await db.raw.query<{ "QUERY PLAN": string }>(`EXPLAIN (ANALYZE, BUFFERS OFF) ${sql.replace("$1","'c'").replace("$2","''")}`);
console.log(plan.map(r=>r["QUERY PLAN"]).join("\n"));
await db.raw.exec(`ANALYZE "Event"`);
t=0; for (let i=0;i<50;i++){ await one(); const a=performance.now(); await sequenceWith(db.raw.query as never, 32, []); t+=performance.now()-a; }
console.log("after analyze ms", t/50);
{const a=performance.now(); await db.raw.exec(`VACUUM ANALYZE "Event"`); console.log("vacuum took", performance.now()-a);}
t=0; for (let i=0;i<50;i++){ await one(); const a=performance.now(); await sequenceWith(db.raw.query as never, 32, []); t+=performance.now()-a; }
console.log("after vacuum ms", t/50);
await db.close(); process.exit(0);
