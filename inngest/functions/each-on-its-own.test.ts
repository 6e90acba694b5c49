import { describe, expect, it } from "vitest";
import { eachOnItsOwn } from "./each-on-its-own";

describe("works that stand beside each other", () => {
  const step = <T>(_name: string, work: () => Promise<T>): Promise<T> => work();

  it("all are done though the first fails, and the failure is told at the end", async () => {
    const done: string[] = [];
    const work = (name: string) => async () => done.push(name);
    const run = eachOnItsOwn(step, { mirror: () => Promise.reject(new Error("the venue is silent")), recall: work("r"), rebalance: work("b") });
    await expect(run).rejects.toThrow("mirror: the venue is silent");
    expect(done).toEqual(["r", "b"]);
  });

  it("answers what each did", async () => {
    expect(await eachOnItsOwn(step, { mirror: async () => 3, recall: async () => 0 })).toEqual({ mirror: 3, recall: 0 });
  });
});
