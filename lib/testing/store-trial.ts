import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { DocSpaceSessionStore } from '../memory/session-store.js';

/** A store on trial, and what its listener was told. */
export interface TrialNode {
  readonly store: DocSpaceSessionStore;
  readonly heard: readonly string[];
  /** Closes the store; only once, as the interface demands. */
  close(): Promise<void>;
}

/** Tries something of two nodes on one backend. */
export type Trial = (a: TrialNode, b: TrialNode) => Promise<void>;

/** Long enough to outlast any trial. */
export const LONG_MS = 60_000;
/** Short enough to be waited for. */
export const SHORT_MS = 60;
const PATIENCE_MS = 10_000;

/** Opens two stores, makes the trial, and closes them whatever it comes to. */
export async function onTwoNodes(open: () => Promise<DocSpaceSessionStore>, trial: Trial): Promise<void> {
  const a = await node(open);
  const b = await node(open);
  try {
    await trial(a, b);
  } finally {
    await Promise.all([a.close(), b.close()]);
  }
}

async function node(open: () => Promise<DocSpaceSessionStore>): Promise<TrialNode> {
  const store = await open();
  const heard: string[] = [];
  store.listen({ revoked: (key) => heard.push(key), lost: () => undefined });
  let closed: Promise<void> | undefined;
  return { store, heard, close: () => (closed ??= store.close()) };
}

/** Revokes the key on the one node, and waits until both have heard of it. Begins once they hear anything at all. */
export async function tell(from: TrialNode, other: TrialNode, key: string): Promise<void> {
  await until('both nodes listen', async () => {
    await from.store.revoke(newKey(), LONG_MS);
    return from.heard.length > 0 && other.heard.length > 0;
  });
  await from.store.revoke(key, LONG_MS);
  await until('both listeners are told', () =>
    Promise.resolve([from, other].every(({ heard }) => heard.includes(key))),
  );
}

/** Asks again and again until it is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, `waited ${PATIENCE_MS} ms in vain until ${what}`);
    await after(5);
  }
}

/** Waits until all is fulfilled or rejected. */
export async function settles(what: string, asked: readonly Promise<unknown>[]): Promise<void> {
  const settled = Promise.allSettled(asked).then(() => true);
  assert.ok(await Promise.race([settled, after(PATIENCE_MS, false, { ref: false })]), `${what} never settles`);
}

/** A wait is some time, and no more than the whole. */
export function assertWait(ms: number, wholeMs: number): void {
  assert.ok(ms > 0 && ms <= wholeMs, `${ms} is no wait of at most ${wholeMs} ms`);
}

/** As long and as random as the keys of this package. */
export const newKey = (): string => randomBytes(24).toString('base64url');
