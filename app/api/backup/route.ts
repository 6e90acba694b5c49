import { http } from "@/server/container";

/** Only for who can read the data folder: `npm run backup` sends the token that lies there. */
export const POST = http.backup;
