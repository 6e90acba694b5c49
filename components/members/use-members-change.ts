import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";

/** Asks for the members anew after something about them has changed. */
export function useMembersChange(): () => Promise<void> {
  const trpc = useTRPC();
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: trpc.members.pathKey() });
}
