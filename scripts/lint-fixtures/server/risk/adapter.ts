// expect: eslint(no-restricted-imports) no adapter
import { db } from "@/server/adapters/db/database";

export const x = db;
