import { http } from "@/server/container";

/** Whether the process answers at all; asks nothing of any part of it (that is /api/health). */
export const GET = http.live;
