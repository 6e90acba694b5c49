"use client";
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useTRPC } from "@/components/api/trpc";
import type { Role } from "./role-words";

/** "trade" = traders and owners, "own" = owners. The server asks again with every call. */
export type Right = "trade" | "own";

const RoleOf = createContext<Role>("viewer");

/** `role` = of who loaded the page; a change of it is noticed with the next look at the workspaces. */
export function RoleProvider({ role, children }: { role: Role; children: ReactNode }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.me.workspaces.queryOptions(undefined, { staleTime: 60_000 }));
  return <RoleOf.Provider value={data?.find((w) => w.current)?.role ?? role}>{children}</RoleOf.Provider>;
}

/** Why a right is missing, in words for people; null = it is there. */
export function useRefusal(right: Right): string | null {
  const role = useContext(RoleOf);
  if (role === "owner" || (role === "trader" && right === "trade")) return null;
  return right === "own" ? "Only an owner of this workspace can do this." : "You are a viewer here: only a trader or an owner can do this.";
}
