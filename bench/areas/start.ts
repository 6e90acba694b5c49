import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { openDatabase } from "@/server/adapters/db/open-database";
import type { Area } from "../measure";

/** The embedded database's share of a start: a new folder, then the same folder again. */
export const start: Area = {
  name: "start",
  async measure() {
    const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), "memepulse-bench-"));
    const open = async () => {
      const began = performance.now();
      const db = await openDatabase({ dataDir });
      const took = (performance.now() - began) / 1000;
      await db.close();
      return took;
    };
    try {
      const first = await open();
      const second = await open();
      return [
        { area: "start", what: "embedded database, new folder", value: first, unit: "s" },
        {
          area: "start",
          what: "embedded database, second start (the budget is the whole product's)",
          value: second,
          unit: "s",
          budget: 10,
          better: "less",
        },
      ];
    } finally {
      await fs.rm(dataDir, { recursive: true, force: true });
    }
  },
};
