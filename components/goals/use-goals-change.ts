import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";

/** Asks for the goals and their histories anew after something about them has changed; what is being entered stays as it was read. */
export function useGoalsChange(): () => Promise<void> {
  const trpc = useTRPC();
  const cache = useQueryClient();
  return async () => {
    await Promise.all([trpc.goals.list, trpc.goals.get].map((part) => cache.invalidateQueries({ queryKey: part.pathKey() })));
  };
}
