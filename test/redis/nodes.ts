import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { RedisSessionStore, type RedisSessionStoreOptions } from '../../lib/redis/index.js';

/** A store as a node has it, and what its listener was told, in order: a key, or `lost`. */
export class StoreNode implements AsyncDisposable {
  readonly store: RedisSessionStore;
  readonly told: string[] = [];
  onRevoked: () => void = () => undefined;

  readonly #greeting = `greeting-${newKey()}`;
  #isGreeted = false;

  /** Patient, since the machine may be busy: a test that needs a time limit names it. */
  constructor(redis: RedisSessionStoreOptions['redis'], options: Partial<RedisSessionStoreOptions> = {}) {
    this.store = new RedisSessionStore({ redis, commandTimeoutMs: 10_000, ...options });
    this.store.listen({
      revoked: (key) => {
        this.#isGreeted ||= key === this.#greeting;
        if (key.startsWith('greeting-')) return;
        this.told.push(key);
        this.onRevoked();
      },
      lost: () => this.told.push('lost'),
    });
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

  /** Waits until Redis answers it and it hears of revocations; what it was told until then is forgotten. */
  async listening(): Promise<this> {
    await until('the store listens', async () => {
      await this.store.revoke(this.#greeting, 60_000).catch(() => undefined);
      return this.#isGreeted;
    });
    this.told.length = 0;
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}

export const newKey = (): string => randomBytes(24).toString('base64url');

/** Asks again and again until it is so; gives up after a while. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
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

/** Disconnects what a test connected, however it ends. */
export const disconnecting = (redis: Redis | Cluster): Disposable => ({ [Symbol.dispose]: () => redis.disconnect() });
