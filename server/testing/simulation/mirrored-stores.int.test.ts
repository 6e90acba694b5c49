import { expect, it } from "vitest";
import { findBookErrors } from "../book-errors";
import { describeDatabase, truncateAll } from "../database";
import { BROKEN_VARIANTS } from "./broken-variants";
import type { MemoryBooks } from "./memory-books";
import { MirroredStores } from "./mirrored-stores";
import { simulateShell } from "./simulate-shell";
import type { SimulatedStores } from "./simulated-world";

/** SIM_MIRRORED so many seeds; each takes seconds. */
const SEEDS = Number(process.env.SIM_MIRRORED ?? "1");

describeDatabase("the simulation's stores", (db) => {
  it.each(Array.from({ length: SEEDS }, (_, i) => 21 + i))(
    "answer as the database does, call by call: seed %i",
    { timeout: 120_000 },
    async (seed) => {
      const mirror = new MirroredStores(db());
      const report = await simulateShell(seed, { name: "mirrored", stores: mirror.stores });
      expect(mirror.differences).toEqual([]);
      expect(report.violations).toEqual([]);
      expect(mirror.compared).toBeGreaterThan(100);
      expect(report.counts.turns).toBeGreaterThan(0);
      const [row] = await db().raw.query<{ id: string }>(`SELECT id FROM "Workspace"`);
      expect(await findBookErrors(db(), row?.id ?? "")).toEqual([]);
    },
  );

  it("control: a store in memory that does otherwise is noticed", { timeout: 120_000 }, async () => {
    const unfenced = BROKEN_VARIANTS.find((v) => v.name.includes("fencing"));
    let differences = 0;
    // Until a process that was paused past its lease comes back.
    for (let seed = 1; seed <= 40 && differences === 0; seed++) {
      await truncateAll(db());
      const mirror = new MirroredStores(db());
      const stores = (memory: SimulatedStores, books: MemoryBooks) => mirror.stores(unfenced?.stores?.(memory, books) ?? memory, books);
      await simulateShell(seed, { name: `mirrored ${seed}`, stores });
      differences += mirror.differences.length;
    }
    expect(differences).toBeGreaterThan(0);
  });
});
