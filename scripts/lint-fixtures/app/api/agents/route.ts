// expect: eslint(no-restricted-imports) types only
import { db } from "@/server/adapters/db/database";

export const x = db;
