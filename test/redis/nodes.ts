import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { RedisSessionStore, type RedisSessionStoreOptions } from '../../lib/redis/index.js';

/** A store as a node has it, and what its listener was told, in order: a key, or `lost`. */
export class StoreNode implements AsyncDisposable {
  readonly store: RedisSessionStore;
  readonly told: string[] = [];

  constructor(redis: RedisSessionStoreOptions['redis'], options: Partial<RedisSessionStoreOptions> = {}) {
    this.store = new RedisSessionStore({ redis, ...options });
    this.store.listen({ revoked: (key) => this.told.push(key), lost: () => this.told.push('lost') });
  }

  /** How often it was told that messages may have been lost. */
  get losses(): number {
    return this.told.filter((word) => word === 'lost').length;
  }

  /** Whether Redis answers it. */
  async works(): Promise<boolean> {
    return this.store.get(newKey()).then(
      () => true,
      () => false,
    );
  }

  /** Waits until Redis answers it. */
  async working(): Promise<this> {
    await until('the store works', () => this.works());
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}

export const newKey = (): string => randomBytes(24).toString('base64url');

/** Asks again and again until it is so; gives up after a while. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await after(5);
  }
}

/** The message of the rejection, or of no rejection. */
export async function refusal(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'no rejection',
    (error: unknown) => (error instanceof Error ? error.message : 'no error'),
  );
}
