/** Whether the process answers at all; asks nothing of any part of it (that is /api/health). */
export const GET = (): Response => Response.json({ ok: true }, { headers: { "cache-control": "no-store" } });
