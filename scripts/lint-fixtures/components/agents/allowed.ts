// expect: nothing
import type { AgentView } from "@/server/api/contract";

export type X = AgentView;
