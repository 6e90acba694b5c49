/** Tells listeners in this process that a workspace's log has grown. */
export class EventBus {
  private readonly listeners = new Map<string, Set<() => void>>();

  subscribe(workspaceId: string, onGrown: () => void): () => void {
    const set = this.listeners.get(workspaceId) ?? new Set();
    this.listeners.set(workspaceId, set);
    set.add(onGrown);
    return () => {
      set.delete(onGrown);
      if (set.size === 0 && this.listeners.get(workspaceId) === set) this.listeners.delete(workspaceId);
    };
  }

  grown(workspaceId: string): void {
    for (const listener of [...(this.listeners.get(workspaceId) ?? [])]) listener();
  }

  /** Workspaces somebody listens to. */
  workspaces(): string[] {
    return [...this.listeners.keys()];
  }
}
