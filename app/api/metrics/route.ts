import { http } from "@/server/container";

export const GET = http.metrics;
