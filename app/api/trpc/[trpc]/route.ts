import { http } from "@/server/container";

export const GET = http.trpc;
export const POST = http.trpc;
