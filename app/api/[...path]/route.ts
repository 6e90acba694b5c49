import { http } from "@/server/container";

export const GET = http.nothing;
export const POST = http.nothing;
export const PUT = http.nothing;
export const PATCH = http.nothing;
export const DELETE = http.nothing;
