"use client";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTRPCClient } from "@/components/api/trpc";
import { saveFile } from "@/components/ui/save-file";
import { ErrorNote } from "@/components/ui/states";
import type { BacktestRow } from "@/server/api/contract/backtests";

type Format = "json" | "trades-csv" | "fills-csv" | "equity-csv" | "points-csv";
const FORMATS: Readonly<Record<BacktestRow["kind"], readonly (readonly [Format, string])[]>> = {
  single: [
    ["json", "JSON"],
    ["trades-csv", "Trades CSV"],
    ["fills-csv", "Fills CSV"],
    ["equity-csv", "Equity CSV"],
  ],
  sweep: [
    ["json", "JSON"],
    ["points-csv", "Points CSV"],
  ],
  "walk-forward": [
    ["json", "JSON"],
    ["equity-csv", "Equity CSV"],
  ],
};

/** The result as files: all of it, or one table. */
export function ExportButtons({ backtestId, kind }: { backtestId: string; kind: BacktestRow["kind"] }) {
  const client = useTRPCClient();
  const save = useMutation({
    mutationFn: (format: Format) => client.backtests.export.query({ backtestId, format }),
    onSuccess: saveFile,
  });
  return (
    <>
      {FORMATS[kind].map(([format, label]) => (
        <button key={format} type="button" className="btn sm" disabled={save.isPending} onClick={() => save.mutate(format)}>
          <Download className="i" aria-hidden="true" />
          {label}
        </button>
      ))}
      {save.error && <ErrorNote error={save.error} what="The file was not made" />}
    </>
  );
}
