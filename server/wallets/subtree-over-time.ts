/** Under which parent a node stood from when on (market ms). */
export type Place = { readonly nodeId: string; readonly parentId: string | null; readonly since: number };

/** Stretches of time in which the shape of the tree did not change, each with the nodes that stood at or under `nodeId` then. */
export function subtreeOverTime(
  places: readonly Place[],
  nodeId: string,
): readonly { readonly from: number; readonly members: ReadonlySet<string> }[] {
  const sorted = places.toSorted((a, b) => a.since - b.since);
  const first = new Map<string, number>();
  for (const p of sorted) if (!first.has(p.nodeId)) first.set(p.nodeId, p.since);
  // A node's first place is no move: it is taken to have been there all along, without money.
  const moves = [...new Set(sorted.filter((p) => first.get(p.nodeId) !== p.since).map((p) => p.since))];
  return [Number.NEGATIVE_INFINITY, ...moves].map((from) => ({ from, members: membersAt(sorted, nodeId, from) }));
}

function membersAt(sorted: readonly Place[], nodeId: string, at: number): ReadonlySet<string> {
  const parents = new Map<string, string | null>();
  for (const p of sorted) if (p.since <= at || !parents.has(p.nodeId)) parents.set(p.nodeId, p.parentId);
  const children = new Map<string, string[]>();
  for (const [id, parent] of parents) {
    const list = parent === null ? undefined : children.get(parent);
    if (list) list.push(id);
    else if (parent !== null) children.set(parent, [id]);
  }
  const members = new Set<string>();
  const stack = [nodeId];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (members.has(id)) continue;
    members.add(id);
    stack.push(...(children.get(id) ?? []));
  }
  return members;
}
