import { createHook } from 'node:async_hooks';

const KINDS = /^(TCP|TLS|PIPE|Timeout)/;

/**
 * The sockets, servers and timers that were opened since it began and are not gone yet: those that keep no process too,
 * of which `process.getActiveResourcesInfo` says nothing.
 */
export class LiveHandles implements Disposable {
  readonly #live = new Map<number, string>();
  readonly #hook = createHook({
    init: (id, kind) => {
      if (KINDS.test(kind)) this.#live.set(id, kind);
    },
    destroy: (id) => this.#live.delete(id),
  }).enable();

  /** How many there are of each kind. */
  get counts(): Record<string, number> {
    const kinds = [...this.#live.values()].sort();
    return Object.fromEntries(kinds.map((kind) => [kind, kinds.filter((other) => other === kind).length]));
  }

  [Symbol.dispose](): void {
    this.#hook.disable();
  }
}
