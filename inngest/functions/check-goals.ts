import { cron } from "inngest";
import { settlementDue } from "../events";
import type { DurableRuntime } from "../runtime";
import { eachOnItsOwn } from "./each-on-its-own";

/**
 * Every five minutes: measures goals, carries out what follows from those that are reached, and proposes capital by goals. What fails in
 * one of the two keeps the other from nothing.
 */
export const checkGoals = ({ client, goals }: DurableRuntime) =>
  client.createFunction(
    { id: "check-goals", triggers: [cron("*/5 * * * *")], retries: 0, concurrency: [{ key: '"goals"', scope: "env", limit: 1 }] },
    ({ step }) =>
      eachOnItsOwn((name, work) => step.run(name, work), {
        check: async () => (await goals.check()).goals,
        propose: () => goals.propose(),
      }),
  );

/** The same soon after outcomes were measured: many settlements in a while are one check. */
export const checkGoalsSoon = ({ client, goals }: DurableRuntime) =>
  client.createFunction(
    {
      id: "check-goals-soon",
      triggers: [settlementDue],
      retries: 1,
      concurrency: [{ key: '"goals"', scope: "env", limit: 1 }],
      debounce: { period: "20s", timeout: "60s" },
    },
    async ({ step }) => {
      const summary = await step.run("check", () => goals.check());
      return summary;
    },
  );
