import { http } from "@/server/container";

/** Everything of the caller's workspace as one file. */
export const GET = http.export;
