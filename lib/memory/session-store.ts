/** What a store knows of a key. */
export interface StoredSession {
  /** Ended on some node; nothing put later counts. */
  readonly revoked: boolean;
  /** What was put last, unchanged; absent when nothing was, when it is over, or when it was revoked. */
  readonly value?: string;
}

/** What a store tells whoever listens. */
export interface DocSpaceStoreListener {
  /** A key was revoked, on this node or another. */
  revoked(key: string): void;
  /** Messages may have been lost: whatever is remembered of revocations is incomplete from here on. Called again when messages flow again. */
  lost(): void;
}

/**
 * A memory that several nodes share: confirmed sessions, endings, and counts. Write one for the store you run, and try
 * it with `sessionStoreConformance` of `nestjs-docspace-auth/testing`.
 *
 * Keys are keyed hashes (base64url), values are signed: neither holds a secret. A method that can't reach the store
 * rejects, soon; this package then goes on without it. No method may throw synchronously, and none may end the process.
 */
export interface DocSpaceSessionStore {
  /** What is known of the key. */
  get(key: string): Promise<StoredSession>;
  /** Keeps the value for that long and resolves to true, unless the key is revoked: then keeps nothing and resolves to false. Atomic. */
  put(key: string, value: string, ttlMs: number): Promise<boolean>;
  /** Drops the value, keeps the key revoked for that long, and tells every node's listener. */
  revoke(key: string, ttlMs: number): Promise<void>;
  /** Drops the value; nobody is told, and the key may be put again. */
  forget(key: string): Promise<void>;
  /**
   * Counts one more for the key, renews its window and resolves to 0, unless the count has reached the limit: then counts
   * nothing and resolves to the milliseconds until the count starts again. Atomic.
   */
  take(key: string, limit: number, windowMs: number): Promise<number>;
  /** Counts one less; the window stays. */
  giveBack(key: string): Promise<void>;
  /** Reaches every limit of `take` for that long. */
  block(key: string, forMs: number): Promise<void>;
  /** How many milliseconds a block goes on; 0 without one. */
  blockedMs(key: string): Promise<number>;
  /** Begins to tell the listener; called once, before anything else. */
  listen(listener: DocSpaceStoreListener): void;
  /** Lets go of connections and timers; the store is not used afterwards. */
  close(): Promise<void>;
}
