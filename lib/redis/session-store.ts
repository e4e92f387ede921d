import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { DocSpaceSessionStore, DocSpaceStoreListener, StoredSession } from '../memory/session-store.js';
import { failure, failureWord } from './failure.js';
import { atMost, becomesReady } from './patience.js';
import { BLOCK, BLOCKED_MS, GIVE_BACK, PUT, REVOKE, runScript, TAKE, type RedisScript } from './scripts.js';
import { openRedis, type RedisSource } from './source.js';
import { Subscription } from './subscription.js';

/** How `RedisSessionStore` reaches Redis, and what it calls what it keeps there. */
export interface RedisSessionStoreOptions {
  /**
   * A URL (`redis://`, `rediss://`), options of ioredis (sentinels included), or a `Redis` or `Cluster` of ioredis. One
   * that was given is not closed with the store; the connection for the subscription is duplicated from it.
   */
  redis: string | RedisOptions | Redis | Cluster;
  /** What the keys and the channel begin with: letters, digits and `_.:-`. `docspace-auth` when left out. */
  prefix?: string;
  /** How long a command may take before it is given up, in milliseconds; 250 when left out. */
  commandTimeoutMs?: number;
}

/** The layout of keys and values; another one never meets this one. */
const VERSION = 'v1';

/**
 * Shares sessions, endings and counts between nodes through Redis: one server, sentinels or a cluster.
 *
 * While Redis can't be reached every method rejects at once; nothing is queued, and it reconnects for ever. Errors hold
 * neither keys nor values nor passwords. It is not a place for secrets and gets none.
 */
export class RedisSessionStore implements DocSpaceSessionStore {
  readonly #source: RedisSource;
  readonly #prefix: string;
  readonly #timeoutMs: number;
  readonly #subscriptions: Subscription[] = [];
  readonly #noteFailure = (error: unknown): void => {
    this.#lastFailure = failureWord(error);
  };
  #opened: Promise<unknown>;
  readonly #underWay = new Set<Promise<unknown>>();
  #lastFailure = '';
  #closed: Promise<void> | undefined;

  constructor(options: RedisSessionStoreOptions) {
    const { redis, prefix = 'docspace-auth', commandTimeoutMs = 250 } = options;
    if (!/^[\w.:-]+$/.test(prefix)) throw new TypeError('prefix: letters, digits and _.:- are allowed');
    if (!(commandTimeoutMs > 0)) throw new TypeError('commandTimeoutMs: a number above 0 is allowed');
    this.#prefix = `${prefix}:${VERSION}`;
    this.#timeoutMs = commandTimeoutMs;
    this.#source = openRedis(redis);
    this.#source.commands.on('error', this.#noteFailure);
    this.#opened = becomesReady(this.#source.commands, commandTimeoutMs);
  }

  /** What is known of the key. */
  get(key: string): Promise<StoredSession> {
    return this.#run(async (redis) => {
      const [value, ended] = await redis.mget(...this.#session(key));
      if (typeof ended === 'string') return { revoked: true };
      return typeof value === 'string' ? { revoked: false, value } : { revoked: false };
    });
  }

  /** Keeps the value for that long and resolves to true, unless the key is revoked: then keeps nothing and resolves to false. */
  async put(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.#script(PUT, this.#session(key), [value, whole(ttlMs)])) === 1;
  }

  /** Drops the value, keeps the key revoked for at least that long, and tells every node's listener. */
  async revoke(key: string, ttlMs: number): Promise<void> {
    await this.#script(REVOKE, this.#session(key), [whole(ttlMs), this.#channel, key]);
  }

  /** Drops the value; nobody is told, and a revocation stays. */
  async forget(key: string): Promise<void> {
    const [session] = this.#session(key);
    await this.#run((redis) => redis.del(session));
  }

  /** Counts one more for the key, or resolves to the milliseconds until its count starts again. */
  async take(key: string, limit: number, windowMs: number): Promise<number> {
    return Number(await this.#script(TAKE, [this.#count(key)], [limit, whole(windowMs)]));
  }

  /** Counts one less; the window stays. */
  async giveBack(key: string): Promise<void> {
    await this.#script(GIVE_BACK, [this.#count(key)], []);
  }

  /** Reaches every limit of `take` for at least that long. */
  async block(key: string, forMs: number): Promise<void> {
    await this.#script(BLOCK, [this.#count(key)], [whole(forMs)]);
  }

  /** How many milliseconds a block goes on; 0 without one. */
  async blockedMs(key: string): Promise<number> {
    return Number(await this.#script(BLOCKED_MS, [this.#count(key)], []));
  }

  /**
   * Begins to tell the listener. Calls its `lost` when the subscription breaks or does not stand in the time of a command,
   * and again when it stands. Until then the first commands wait, so that they miss nothing.
   */
  listen(listener: DocSpaceStoreListener): void {
    const subscription = new Subscription(this.#source, this.#channel, listener, this.#timeoutMs);
    this.#subscriptions.push(subscription);
    this.#opened = Promise.all([this.#opened, subscription.opened]);
  }

  /** Lets commands under way finish, then ends its connections and timers; not a connection that was given. May be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await Promise.all([...this.#subscriptions.map((subscription) => subscription.close()), this.#source.close()]);
    this.#source.commands.off('error', this.#noteFailure);
  }

  #script(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.#run((redis) => runScript(redis, script, keys, args));
  }

  /** A command is under way from its call on. */
  async #run<T>(command: (redis: Redis | Cluster) => Promise<T>): Promise<T> {
    if (this.#closed) throw failure('closed');
    const answer = this.#send(command);
    this.#underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.#underWay.delete(answer);
    }
  }

  async #send<T>(command: (redis: Redis | Cluster) => Promise<T>): Promise<T> {
    await this.#opened;
    const redis = this.#source.commands;
    if (redis.status !== 'ready') throw failure('not connected', this.#lastFailure);
    try {
      return await atMost(this.#timeoutMs, command(redis));
    } catch (error) {
      throw failure('a command failed', failureWord(error));
    }
  }

  get #channel(): string {
    return `${this.#prefix}:ended`;
  }

  /** Both in one slot of a cluster, by the braces. */
  #session(key: string): [session: string, ended: string] {
    return [`${this.#prefix}:{${key}}:session`, `${this.#prefix}:{${key}}:ended`];
  }

  #count(key: string): string {
    return `${this.#prefix}:{${key}}:count`;
  }
}

/** Redis takes whole milliseconds, at least one. */
const whole = (ms: number): number => Math.max(1, Math.trunc(ms));
