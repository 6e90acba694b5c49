/** A durable step's answer: a count, or what went wrong, in words. */
type Outcome = { readonly count: number } | { readonly failed: string };

/** Runs every work in a step of its own, whatever comes of the ones before; then throws naming those that failed, else answers the counts. */
export async function eachOnItsOwn(
  run: (name: string, work: () => Promise<Outcome>) => Promise<Outcome>,
  works: Readonly<Record<string, () => Promise<number>>>,
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  const failures: string[] = [];
  for (const [name, work] of Object.entries(works)) {
    const outcome = await run(name, () => caught(work));
    if ("failed" in outcome) failures.push(`${name}: ${outcome.failed}`);
    else counts[name] = outcome.count;
  }
  if (failures.length > 0) throw new Error(failures.join("; "));
  return counts;
}

async function caught(work: () => Promise<number>): Promise<Outcome> {
  try {
    return { count: await work() };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
