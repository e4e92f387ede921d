import { type Answer, type CheckCounts, noCounts, SessionCheck } from '../../lib/memory/session-check';
import { SessionMemory } from '../../lib/memory/session-memory';
import { SharedMemory } from '../../lib/memory/shared-memory';
import { SharedMemoryHub } from '../guards/shared-memory-store';

const TTL_MS = 5000;
const STALE_MS = 20_000;
const KEY = 'the key of a session';

type Verdict = { yes: number; stale: boolean } | { no: string } | { unknown: true };
const yes = (at: number, stale = false): Verdict => ({ yes: at, stale });
const ENDED: Verdict = { no: 'ended' };
const WRONG: Verdict = { no: 'wrong' };
const UNKNOWN: Verdict = { unknown: true };

/** So many turns of the event loop; a store of the same process answers in one. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** A node: what it remembers, what it shares, and the portal's answers, which the spec gives. */
class Node {
  readonly shared: SharedMemory | undefined;
  readonly check: SessionCheck<Verdict>;
  readonly counts: CheckCounts = noCounts();
  #answer: ((answer: Answer<Verdict> | Error) => void) | undefined;

  constructor(hub?: SharedMemoryHub) {
    const memory = new SessionMemory<Verdict>({ ttlMs: TTL_MS, staleMs: STALE_MS, maxSessions: 8 });
    this.shared = hub && new SharedMemory(hub.store(), TTL_MS, ['a secret that all of the nodes share']);
    this.check = new SessionCheck(memory, this.shared, { confirmed: yes, ended: ENDED });
  }

  get remembered(): Verdict | undefined {
    return this.check.remembered(KEY, Date.now(), noCounts());
  }

  ask(): Promise<Verdict> {
    return this.check.ask(KEY, () => this.#question(), this.counts);
  }

  /** Resolves when the portal has been asked. */
  async asked(): Promise<(answer: Answer<Verdict> | Error) => void> {
    for (let turn = 0; turn < 20 && !this.#answer; turn++) await Promise.resolve();
    if (!this.#answer) throw new Error('nothing was asked');
    return this.#answer;
  }

  /** Answers the question that was put to the portal. */
  async answer(answer: Answer<Verdict> | Error): Promise<void> {
    const tell = await this.asked();
    this.#answer = undefined;
    tell(answer);
  }

  /** Asks, and has the portal answer. */
  async hear(answer: Answer<Verdict>): Promise<Verdict> {
    const verdict = this.ask();
    await this.answer(answer);
    return verdict;
  }

  /** Waits for the spec's answer; fails soon where it gives none, since then it expects no question. */
  #question(): Promise<Answer<Verdict>> {
    return new Promise((resolve, reject) => {
      this.#answer = (answer) => (answer instanceof Error ? reject(answer) : resolve(answer));
      void turns(3).then(() => reject(new Error('a question that nobody expected')));
    });
  }
}

const confirmed = (at = Date.now()): Answer<Verdict> => ({ kind: 'confirmed', at });
const refused: Answer<Verdict> = { kind: 'refused', verdict: WRONG };
const unanswered = (mayStandIn: boolean): Answer<Verdict> => ({ kind: 'unknown', verdict: UNKNOWN, mayStandIn });

beforeEach(() => jest.useFakeTimers({ now: 1_000_000, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => jest.useRealTimers());

describe('What is remembered', () => {
  it('is a yes, a no, or an ending, each a hit; nothing is none', () => {
    const { check } = new Node();
    const counts = noCounts();
    const look = (key: string): Verdict | undefined => check.remembered(key, Date.now(), counts);
    expect([look('new'), check.confirmedAt('new', Date.now(), counts), counts]).toEqual([
      undefined,
      undefined,
      noCounts(),
    ]);
    check.memory.confirm('good', Date.now());
    check.memory.refuse('bad', WRONG, Date.now());
    check.memory.end('over', Date.now());
    expect([look('good'), look('bad'), look('over')]).toEqual([yes(Date.now()), WRONG, ENDED]);
    expect(check.confirmedAt('good', Date.now(), counts)).toBe(Date.now());
    expect(counts).toEqual({ ...noCounts(), hits: 4 });
  });

  it('is the portal’s yes for the TTL, its no for a second, and no outage', async () => {
    const node = new Node();
    expect(await node.hear(confirmed())).toEqual(yes(1_000_000));
    expect(node.remembered).toEqual(yes(1_000_000));
    jest.setSystemTime(1_000_000 + TTL_MS);
    expect(node.remembered).toBeUndefined();
    expect(await node.hear(refused)).toBe(WRONG);
    expect(node.remembered).toBe(WRONG);
    jest.setSystemTime(1_000_000 + TTL_MS + 1000);
    expect(node.remembered).toBeUndefined();
    expect(await node.hear(unanswered(true))).toBe(UNKNOWN);
    expect(node.remembered).toBeUndefined();
    expect(node.counts).toEqual({ ...noCounts(), misses: 3, asked: 3, refused: 1 });
  });
});

describe('A question', () => {
  it('is shared by all who ask while it is in flight', async () => {
    const node = new Node();
    expect(node.check.underWay(KEY, node.counts)).toBeUndefined();
    const first = node.ask();
    expect(node.check.underWay(KEY, node.counts)).toBe(first);
    expect(node.check.inFlight).toBe(1);
    await node.answer(confirmed());
    expect(await first).toEqual(yes(1_000_000));
    expect(node.check.inFlight).toBe(0);
    expect(node.check.underWay(KEY, node.counts)).toBeUndefined();
    expect(node.counts).toEqual({ ...noCounts(), misses: 2, shared: 1, asked: 1 });
  });

  it('has landed when it is answered, also by a failure', async () => {
    const node = new Node();
    let hasLanded = false;
    const first = node.ask();
    const landed = node.check.landed().then(() => (hasLanded = true));
    await new Promise(setImmediate);
    expect(hasLanded).toBe(false);
    await node.answer(new Error('a mistake'));
    await expect(first).rejects.toThrow('a mistake');
    await landed;
  });

  it('is served but not remembered, here or by others, when the key was forgotten meanwhile', async () => {
    const hub = new SharedMemoryHub();
    const node = new Node(hub);
    const verdict = node.ask();
    node.check.forget(KEY);
    await node.answer(confirmed());
    expect(await verdict).toEqual(yes(1_000_000));
    expect(node.remembered).toBeUndefined();
    expect(await new Node(hub).shared?.get(KEY)).toEqual({ revoked: false });
  });

  it('is asked again of what was forgotten, with a store or without', async () => {
    const node = new Node();
    await node.hear(confirmed());
    node.check.forget(KEY);
    expect(node.remembered).toBeUndefined();
    expect(await node.hear(refused)).toBe(WRONG);
  });

  it('comes to nothing when the key was ended meanwhile', async () => {
    const node = new Node();
    const verdict = node.ask();
    await node.asked();
    node.check.memory.end(KEY, Date.now());
    await node.answer(confirmed());
    expect(await verdict).toBe(ENDED);
    expect(node.remembered).toBe(ENDED);
    expect(node.counts).toEqual({ ...noCounts(), misses: 1, asked: 1, refused: 1 });
  });

  it('is not put for a key that is dead', async () => {
    const node = new Node();
    node.check.memory.end(KEY, Date.now());
    expect(await node.ask()).toBe(ENDED);
    expect(node.counts).toEqual({ ...noCounts(), misses: 1, refused: 1 });
  });
});

describe('An outage', () => {
  it('lets an earlier yes stand in for a while, and leaves it dated as it was', async () => {
    const node = new Node();
    await node.hear(confirmed());
    jest.setSystemTime(1_000_000 + STALE_MS - 1);
    expect(await node.hear(unanswered(true))).toEqual(yes(1_000_000, true));
    expect(node.remembered).toBeUndefined();
    jest.setSystemTime(1_000_000 + STALE_MS);
    expect(await node.hear(unanswered(true))).toBe(UNKNOWN);
    expect(node.counts).toEqual({ ...noCounts(), misses: 3, asked: 3, staleServed: 1 });
  });

  it('that the portal itself tells of lets nothing stand in', async () => {
    const node = new Node();
    await node.hear(confirmed());
    expect(await node.hear(unanswered(false))).toBe(UNKNOWN);
    expect(node.counts.staleServed).toBe(0);
  });
});

describe('What the nodes share', () => {
  it('is a yes that another node heard, for as long as it is believed', async () => {
    const hub = new SharedMemoryHub();
    await new Node(hub).hear(confirmed());
    jest.setSystemTime(1_000_000 + TTL_MS - 1);
    const other = new Node(hub);
    expect(await other.ask()).toEqual(yes(1_000_000));
    expect(other.remembered).toEqual(yes(1_000_000));
    expect(other.counts).toEqual({ ...noCounts(), misses: 1 });
    jest.setSystemTime(1_000_000 + TTL_MS);
    expect(await new Node(hub).hear(refused)).toBe(WRONG);
  });

  it('is no refusal, and no outage: nothing is told of either', async () => {
    const node = new Node(new SharedMemoryHub());
    const put = jest.spyOn(node.shared as SharedMemory, 'put');
    await node.hear(refused);
    await node.hear(unanswered(true));
    expect(put).not.toHaveBeenCalled();
    await node.hear(confirmed());
    expect(put).toHaveBeenCalledTimes(1);
  });

  it('is forgotten with the key, so that every node asks', async () => {
    const hub = new SharedMemoryHub();
    const node = new Node(hub);
    await node.hear(confirmed());
    node.check.forget(KEY);
    expect(node.remembered).toBeUndefined();
    expect(await new Node(hub).hear(refused)).toBe(WRONG);
  });

  it('is not believed when the key was forgotten while the store was asked', async () => {
    const hub = new SharedMemoryHub();
    await new Node(hub).hear(confirmed());
    const node = new Node(hub);
    const verdict = node.ask();
    node.check.forget(KEY);
    await node.answer(refused);
    expect(await verdict).toBe(WRONG);
  });

  it('is an ending: no question is asked, and the key stays dead here when the store forgets', async () => {
    const hub = new SharedMemoryHub();
    const other = new Node(hub);
    await other.shared?.revoke(KEY);
    const node = new Node(hub);
    expect(await node.ask()).toBe(ENDED);
    expect(node.remembered).toBe(ENDED);
    expect(node.counts).toEqual({ ...noCounts(), misses: 1, refused: 1 });
  });

  it('is an ending that came while the portal was asked: its yes counts for nothing', async () => {
    const hub = new SharedMemoryHub();
    const node = new Node(hub);
    const verdict = node.ask();
    await node.asked();
    await new Node(hub).shared?.revoke(KEY);
    await node.answer(confirmed());
    expect(await verdict).toBe(ENDED);
    expect(node.remembered).toBe(ENDED);
    expect(node.counts).toEqual({ ...noCounts(), misses: 1, asked: 1, refused: 1 });
  });
});
