import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";

/** Asks for the goals anew after something about them has changed. */
export function useGoalsChange(): () => Promise<void> {
  const trpc = useTRPC();
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: trpc.goals.pathKey() });
}
