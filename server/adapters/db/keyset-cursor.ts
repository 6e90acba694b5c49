import { DomainError, isUuid } from "@/server/shared";

/** The end of the year 9999: later instants are not written in the form the database reads. */
const LAST_INSTANT = Date.UTC(10_000, 0) - 1;

/** Where a list sorted by time and id stopped: "<ms>_<id>" of its last row; null when there is no more. */
export function nextCursor(rows: readonly { readonly at: Date; readonly id: string }[], limit: number): string | null {
  const last = rows[limit - 1];
  return rows.length > limit && last ? `${last.at.getTime()}_${last.id}` : null;
}

/** The time and id that a cursor names. Throws INVALID_CURSOR. */
export function readCursor(cursor: string): { readonly at: Date; readonly id: string } {
  const [ms, id] = cursor.split("_");
  const at = Number(ms);
  if (!id || !isUuid(id) || !/^\d+$/.test(ms ?? "") || at > LAST_INSTANT)
    throw new DomainError("INVALID_CURSOR", "the cursor is not one this list gave", { field: "cursor" });
  return { at: new Date(at), id };
}
