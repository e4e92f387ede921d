import { once } from 'node:events';
import type { Cluster, Redis } from 'ioredis';

/** How often a connection is asked whether it is still there. */
const HEARTBEAT_MS = 1000;
/** How long a connection waits for any answer before it counts as dead. */
export const DEAD_AFTER_MS = 2000;
const LONGEST_BACKOFF_MS = 2000;

/** How long to wait before the next attempt: twice as long each time up to a cap, and not in step with other nodes. */
export function backoffMs(attempt: number): number {
  return Math.round(Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_BACKOFF_MS) * (0.5 + Math.random() / 2));
}

/** The outcome of the work, or a rejection once the time is over. The work is not stopped; what it comes to is ignored. */
export function atMost<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const tooLate = (): void => reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
    const timer = setTimeout(tooLate, ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Resolves to whether the connection became ready; to false when it fails first or takes longer than that. Keeps no process. */
export async function becomesReady(redis: Redis | Cluster, ms: number): Promise<boolean> {
  if (redis.status === 'ready') return true;
  return once(redis, 'ready', { signal: AbortSignal.timeout(ms) }).then(
    () => true,
    () => false,
  );
}

/**
 * Asks again and again whether the connection still answers, since a network that swallows packets closes nothing.
 * Returns how to stop. Keeps no process.
 */
export function watch(redis: Redis, dead: () => void): () => void {
  const timer = setInterval(() => {
    if (redis.status !== 'ready') return;
    redis.ping().catch(() => {
      if (redis.status === 'ready') dead();
    });
  }, HEARTBEAT_MS).unref();
  return () => clearInterval(timer);
}
