"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "@/components/api/trpc";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/states";
import type { BacktestRow } from "@/server/api/contract/backtests";

/** Stop, go on, delete: what the state of a backtest allows. */
export function BacktestActions({ row }: { row: BacktestRow }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const onSuccess = () => void queryClient.invalidateQueries({ queryKey: trpc.backtests.pathKey() });
  const cancel = useMutation(trpc.backtests.cancel.mutationOptions({ onSuccess }));
  const resume = useMutation(trpc.backtests.resume.mutationOptions({ onSuccess }));
  const remove = useMutation(
    trpc.backtests.delete.mutationOptions({
      onSuccess: () => {
        onSuccess();
        router.push("/backtests");
      },
    }),
  );
  const { backtestId } = row;
  const working = row.status === "running" || row.status === "queued";
  const stopped = row.status === "cancelled" || row.status === "failed";
  const error = cancel.error ?? resume.error ?? remove.error;
  return (
    <div className="stack g2">
      <div className="row wrap">
        {working && (
          <button type="button" className="btn sm" disabled={cancel.isPending} onClick={() => cancel.mutate({ backtestId })}>
            Stop, keep what is done
          </button>
        )}
        {stopped && (
          <button type="button" className="btn sm" disabled={resume.isPending} onClick={() => resume.mutate({ backtestId })}>
            {row.status === "failed" ? "Try again" : "Go on from where it stopped"}
          </button>
        )}
        {!working && (
          <Dialog
            trigger={
              <button type="button" className="btn sm gho">
                Delete
              </button>
            }
            title={`Delete ${row.name}`}
            description={`Its result goes for good. Its ${row.trials} ${row.trials === 1 ? "trial stays" : "trials stay"} counted: what was tried cannot be untried.`}
          >
            <div className="row" style={{ justifyContent: "flex-end", marginTop: 12 }}>
              <DialogClose asChild>
                <button type="button" className="btn" data-safe>
                  Keep it
                </button>
              </DialogClose>
              <button type="button" className="btn dan" disabled={remove.isPending} onClick={() => remove.mutate({ backtestId })}>
                Delete the result
              </button>
            </div>
          </Dialog>
        )}
      </div>
      {error && <ErrorNote error={error} what="That did not work" />}
    </div>
  );
}
