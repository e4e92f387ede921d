import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Answer, noCounts, SessionCheck } from '../../lib/memory/session-check';
import { SessionMemory } from '../../lib/memory/session-memory';
import { SharedMemory } from '../../lib/memory/shared-memory';
import type { DocSpaceSessionStore, DocSpaceStoreListener, StoredSession } from '../../lib/memory/session-store';

const TTL_MS = 5000;
const STALE_MS = 20_000;
const KEYS = ['key-0', 'key-1'];
const SECRET = 'a secret that all three nodes share';

type Verdict = { is: 'yes'; at: number; stale: boolean } | { is: 'no' } | { is: 'unknown' };
const NO: Verdict = { is: 'no' };
const UNKNOWN: Verdict = { is: 'unknown' };

/** What one node's store does, on a backend that all share; every answer and every message waits for the scheduler. */
class SimulatedStore implements DocSpaceSessionStore {
  listener: DocSpaceStoreListener | undefined;
  connected = true;
  /** Endings that were told to this node. */
  readonly told = new Set<string>();

  constructor(private readonly world: World) {}

  get(key: string): Promise<StoredSession> {
    return this.#later(() => {
      const entry = this.world.values.get(key);
      const value = entry && entry.until > this.world.now ? entry.value : undefined;
      return { revoked: this.world.revoked.has(key), ...(value !== undefined && { value }) };
    });
  }

  put(key: string, value: string, ttlMs: number): Promise<boolean> {
    return this.#later(() => {
      if (this.world.revoked.has(key)) return false;
      this.world.values.set(key, { value, until: this.world.now + ttlMs });
      return true;
    });
  }

  revoke(key: string): Promise<void> {
    return this.#later(() => {
      this.world.values.delete(key);
      this.world.revoked.add(key);
      for (const node of this.world.nodes) void this.world.tell(node.store, key);
    });
  }

  forget(key: string): Promise<void> {
    return this.#later(() => void this.world.values.delete(key));
  }

  take(): Promise<number> {
    return Promise.resolve(0);
  }

  giveBack(): Promise<void> {
    return Promise.resolve();
  }

  block(): Promise<void> {
    return Promise.resolve();
  }

  blockedMs(): Promise<number> {
    return Promise.resolve(0);
  }

  listen(listener: DocSpaceStoreListener): void {
    this.listener = listener;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #later<T>(act: () => T): Promise<T> {
    await this.world.scheduler.schedule(Promise.resolve(), 'store');
    if (!this.connected) throw new Error('no connection');
    return act();
  }
}

interface Node {
  readonly check: SessionCheck<Verdict>;
  readonly store: SimulatedStore;
  /** Keys that are dead on this node: ended here, or told to it. */
  readonly dead: Set<string>;
  readonly flying: Map<string, number>;
  /** Keys to whose last question the portal answered. */
  readonly answered: Set<string>;
}

/** Three nodes, one backend, one portal, one clock; and what must hold of them. */
class World {
  now = 1_000_000;
  portalIsUp = true;
  readonly signedIn = new Set(KEYS);
  readonly values = new Map<string, { value: string; until: number }>();
  readonly revoked = new Set<string>();
  readonly nodes: Node[];
  /** When the portal last said yes, by key. */
  readonly saidYes = new Map<string, number[]>();
  readonly pending: Promise<unknown>[] = [];
  readonly counts = noCounts();

  constructor(readonly scheduler: fc.Scheduler) {
    this.nodes = [0, 1, 2].map(() => this.#node());
  }

  async tell(store: SimulatedStore, key: string): Promise<void> {
    await this.scheduler.schedule(Promise.resolve(), 'message');
    if (!store.connected) return;
    store.told.add(key);
    store.listener?.revoked(key);
  }

  check(node: Node, key: string): void {
    const known = node.check.remembered(key, this.now, this.counts);
    if (known) {
      this.#judge(node, key, known, true);
      return;
    }
    const answer =
      node.check.underWay(key, this.counts) ?? node.check.ask(key, () => this.#ask(node, key), this.counts);
    this.pending.push(answer.then((verdict) => this.#judge(node, key, verdict, node.answered.has(key))));
  }

  end(node: Node, key: string): void {
    this.signedIn.delete(key);
    node.check.memory.end(key, this.now);
    node.dead.add(key);
    this.pending.push(this.#sharedOf(node).revoke(key));
  }

  #sharedOf(node: Node): SharedMemory {
    return shared.get(node) as SharedMemory;
  }

  async #ask(node: Node, key: string): Promise<Answer<Verdict>> {
    const flying = (node.flying.get(key) ?? 0) + 1;
    node.flying.set(key, flying);
    assert.equal(flying, 1, 'two questions in flight');
    const at = this.now;
    await this.scheduler.schedule(Promise.resolve(), 'portal');
    node.flying.set(key, flying - 1);
    if (this.portalIsUp) node.answered.add(key);
    else node.answered.delete(key);
    if (!this.portalIsUp) return { kind: 'unknown', verdict: UNKNOWN, mayStandIn: true };
    if (!this.signedIn.has(key)) return { kind: 'refused', verdict: NO };
    this.saidYes.set(key, [...(this.saidYes.get(key) ?? []), at]);
    return { kind: 'confirmed', at };
  }

  /** What must hold of every verdict, however it came about. */
  #judge(node: Node, key: string, verdict: Verdict, portalAnswered: boolean): void {
    const isDead = node.dead.has(key) || node.store.told.has(nameOf(key));
    if (verdict.is === 'yes') {
      assert(!isDead, 'a session was revived');
      assert(this.saidYes.get(key)?.includes(verdict.at), 'nobody said yes');
      if (verdict.stale) assert(this.now - verdict.at < STALE_MS, 'too stale');
    }
    if (verdict.is === 'no') {
      const isNo = isDead || this.revoked.has(nameOf(key)) || (portalAnswered && !this.signedIn.has(key));
      assert(isNo, 'an outage, or nothing, was taken for a no');
    }
  }

  #node(): Node {
    const store = new SimulatedStore(this);
    const memory = new SessionMemory<Verdict>({ ttlMs: TTL_MS, staleMs: STALE_MS, maxSessions: 8 });
    const sharedMemory = new SharedMemory(store, TTL_MS, [SECRET]);
    const check = new SessionCheck<Verdict>(memory, sharedMemory, {
      confirmed: (at, stale) => ({ is: 'yes', at, stale }),
      ended: NO,
    });
    sharedMemory.listen(
      (key) => memory.end(key, this.now),
      () => memory.clear(),
    );
    const node: Node = { check, store, dead: new Set(), flying: new Map(), answered: new Set() };
    shared.set(node, sharedMemory);
    return node;
  }
}

const REAL = ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const;
const shared = new WeakMap<Node, SharedMemory>();
const nameOf = (key: string): string => Buffer.from(key, 'latin1').toString('base64url');

type Deed =
  | { do: 'check' | 'end' | 'forget'; node: number; key: string }
  | { do: 'evict'; node: number }
  | { do: 'step' }
  | { do: 'pass'; ms: number }
  | { do: 'portal'; up: boolean }
  | { do: 'store'; node: number; up: boolean };

const node = fc.nat({ max: 2 });
const key = fc.constantFrom(...KEYS);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('check' as const), node, key }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('step' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), node, key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), node, key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const), node }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 900, 1100, 4999, 5001, 19_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('portal' as const), up: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('store' as const), node, up: fc.boolean() }) },
);

async function act(world: World, step: Deed): Promise<void> {
  switch (step.do) {
    case 'check':
      world.check(nodeOf(world, step.node), step.key);
      break;
    case 'step':
      if (world.scheduler.count() > 0) await world.scheduler.waitNext(1);
      break;
    case 'end':
      world.end(nodeOf(world, step.node), step.key);
      break;
    case 'forget':
      nodeOf(world, step.node).check.forget(step.key);
      break;
    case 'evict':
      for (let filler = 0; filler < 8; filler++)
        nodeOf(world, step.node).check.memory.confirm(`filler-${filler}`, world.now);
      break;
    case 'pass':
      world.now += step.ms;
      jest.advanceTimersByTime(step.ms);
      break;
    case 'portal':
      world.portalIsUp = step.up;
      break;
    case 'store':
      connect(nodeOf(world, step.node).store, step.up);
  }
}

function connect(store: SimulatedStore, up: boolean): void {
  if (store.connected === up) return;
  store.connected = up;
  store.listener?.lost();
}

const nodeOf = (world: World, index: number): Node => world.nodes[index] as Node;

// Only what rests after a failure: the scheduler and the spec go by promises and immediates.
beforeEach(() => jest.useFakeTimers({ doNotFake: [...REAL] }));
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

it('never revives a session, never takes an outage for a no, and never asks twice at once', async () => {
  const clock = jest.spyOn(Date, 'now');
  const run = fc.asyncProperty(
    fc.scheduler(),
    fc.array(deed, { minLength: 5, maxLength: 40 }),
    async (scheduler, deeds) => {
      const world = new World(scheduler);
      clock.mockImplementation(() => world.now);
      for (const step of deeds) {
        await act(world, step);
        // Requests and messages come as events of their own: what was decided before is served before the next.
        await new Promise(setImmediate);
      }
      await scheduler.waitIdle();
      await Promise.all(world.pending);
      jest.clearAllTimers();
    },
  );
  await fc.assert(run, { numRuns: Number(process.env['MODEL_RUNS'] ?? 10_000) });
}, 1_200_000);
