import type { DocSpaceSessionStore, DocSpaceStoreListener, StoredSession } from 'nestjs-docspace-auth';

/** What several nodes of one process share: a store for each, over the same maps. */
export class SharedMemoryHub {
  readonly #values = new Map<string, string>();
  readonly #revoked = new Set<string>();
  readonly #listeners = new Set<DocSpaceStoreListener>();

  /** The store of one more node. */
  store(): DocSpaceSessionStore {
    let own: DocSpaceStoreListener | undefined;
    const done = Promise.resolve();
    return {
      get: (key) => Promise.resolve(this.#get(key)),
      put: (key, value) => Promise.resolve(this.#put(key, value)),
      revoke: (key) => {
        this.#revoke(key);
        return done;
      },
      forget: (key) => {
        this.#values.delete(key);
        return done;
      },
      take: () => Promise.resolve(0),
      giveBack: () => done,
      block: () => done,
      blockedMs: () => Promise.resolve(0),
      listen: (listener) => {
        own = listener;
        this.#listeners.add(listener);
      },
      close: () => {
        if (own) this.#listeners.delete(own);
        return done;
      },
    };
  }

  #put(key: string, value: string): boolean {
    if (this.#revoked.has(key)) return false;
    this.#values.set(key, value);
    return true;
  }

  #get(key: string): StoredSession {
    const value = this.#values.get(key);
    return { revoked: this.#revoked.has(key), ...(value !== undefined && { value }) };
  }

  #revoke(key: string): void {
    this.#values.delete(key);
    this.#revoked.add(key);
    for (const listener of this.#listeners) listener.revoked(key);
  }
}
