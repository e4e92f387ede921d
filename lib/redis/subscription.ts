import type { Redis } from 'ioredis';
import type { DocSpaceStoreListener } from '../memory/session-store.js';
import { atMost, backoffMs, watch } from './patience.js';
import { ignore, letGo, type RedisSource } from './source.js';

/**
 * Hears on a connection of its own which keys were revoked, and says so when it may have missed some. It opens a new
 * connection whenever one ends, for ever: to another node, where a cluster has several.
 */
export class Subscription {
  /** Resolves when messages flow, when they can't, or when that is not known in time. Never rejects. */
  readonly opened: Promise<void>;
  readonly #source: RedisSource;
  readonly #channel: string;
  readonly #listener: DocSpaceStoreListener;
  #settle: () => void = ignore;
  #connection: Redis | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #state: 'opening' | 'up' | 'down' | 'closed' = 'opening';

  constructor(source: RedisSource, channel: string, listener: DocSpaceStoreListener, patienceMs: number) {
    this.#source = source;
    this.#channel = channel;
    this.#listener = listener;
    const settled = new Promise<void>((resolve) => (this.#settle = resolve));
    this.opened = atMost(patienceMs, settled).catch(() => this.#down());
    this.#connect();
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#settle();
    clearTimeout(this.#retry);
    if (this.#connection) await letGo(this.#connection);
  }

  #connect(): void {
    const connection = this.#source.subscriber();
    this.#connection = connection;
    if (connection) this.#follow(connection);
    else this.#reconnect();
  }

  #follow(connection: Redis): void {
    connection.on('error', ignore);
    connection.on('message', (_channel, key) => this.#listener.revoked(key));
    connection.once('ready', () => {
      connection.subscribe(this.#channel).then(
        () => this.#up(connection),
        () => connection.disconnect(),
      );
    });
    connection.once('end', () => {
      this.#down();
      this.#reconnect();
    });
  }

  #up(connection: Redis): void {
    if (this.#state === 'closed') return;
    const stopWatching = watch(connection, () => {
      this.#down();
      connection.disconnect();
    });
    connection.once('end', stopWatching);
    this.#failures = 0;
    this.#settle();
    if (this.#state === 'down') this.#listener.lost();
    this.#state = 'up';
  }

  #down(): void {
    this.#settle();
    if (this.#state === 'down' || this.#state === 'closed') return;
    this.#state = 'down';
    this.#listener.lost();
  }

  #reconnect(): void {
    if (this.#state === 'closed') return;
    this.#retry = setTimeout(() => this.#connect(), backoffMs(this.#failures++)).unref();
  }
}
