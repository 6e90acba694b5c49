import { createHash, timingSafeEqual } from "node:crypto";
import { DomainError } from "@/server/shared";
import { errorResponse } from "./error-response";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The whole database for who can read the data folder, by the token in it; `token` null = there is no data folder. */
export async function handleBackup(
  request: Request,
  served: { readonly token: string | null; readonly make: () => Promise<Buffer> },
): Promise<Response> {
  if (served.token === null)
    return errorResponse(new DomainError("NOT_FOUND", "The data are on a Postgres server: use pg_dump", { kind: "not_found" }));
  const sent = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  if (!timingSafeEqual(digest(sent), digest(served.token)))
    return errorResponse(new DomainError("UNAUTHENTICATED", "Send the token of the data folder", { kind: "unauthenticated" }));
  return new Response(new Uint8Array(await served.make()), { headers: { "content-type": "application/octet-stream", "cache-control": "no-store" } });
}
