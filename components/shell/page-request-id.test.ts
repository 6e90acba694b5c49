import { expect, it } from "vitest";
import { pageRequestId } from "./page-request-id";

const entry = (name: string, startTime: number, id: string | null) => ({
  name: `http://127.0.0.1:3000${name}`,
  startTime,
  serverTiming: id === null ? [] : [{ name: "request", description: id, duration: 0 } as PerformanceServerTiming],
});

it("is that of the newest answer for this page, whatever else was loaded since", () => {
  const entries = [
    entry("/overview", 0, "first"),
    entry("/agents?_rsc=a", 10, "wanted"),
    entry("/models?_rsc=b", 20, "other page"),
    entry("/agents", 5, "before"),
    entry("/api/trpc/agents.list", 30, "a call"),
    entry("/agents", 40, null),
  ];
  expect(pageRequestId(entries, "/agents")).toBe("wanted");
  expect(pageRequestId(entries, "/overview")).toBe("first");
});

it("is unknown where nothing tells it", () => {
  expect(pageRequestId([{ name: "not an address", startTime: 0, serverTiming: [] }, entry("/agents", 1, null)], "/agents")).toBeNull();
});
