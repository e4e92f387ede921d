import { SessionMemory, TOMBSTONE_MS } from '../../lib/memory/session-memory';

const NOW = 1_800_000_000_000;
const NO = { because: 'of this' };
const memory = (limits: { ttlMs?: number; staleMs?: number; maxSessions?: number } = {}): SessionMemory<object> =>
  new SessionMemory({ ttlMs: 1000, staleMs: 5000, maxSessions: 100, ...limits });

describe('a confirmation', () => {
  it('is believed for the TTL, and not from the future', () => {
    const known = memory();
    known.confirm('a', NOW);
    const ages = [-1, 0, 999, 1000];
    expect(ages.map((age) => known.confirmedAt('a', NOW + age))).toEqual([undefined, NOW, NOW, undefined]);
    expect(ages.map((age) => known.isFresh(NOW, NOW + age))).toEqual([false, true, true, false]);
    expect(known.confirmedAt('b', NOW)).toBeUndefined();
  });

  it('may stand in for longer, where that is allowed', () => {
    const known = memory();
    known.confirm('a', NOW);
    const ages = [-1, 0, 4999, 5000];
    expect(ages.map((age) => known.staleSince('a', NOW + age))).toEqual([undefined, NOW, NOW, undefined]);
    expect(known.staleSince('b', NOW)).toBeUndefined();
  });

  it('is kept where either is asked for, and not where none is', () => {
    const [both, stale, fresh] = [memory({ ttlMs: 0, staleMs: 0 }), memory({ ttlMs: 0 }), memory({ staleMs: 0 })];
    for (const known of [both, stale, fresh]) known.confirm('a', NOW);
    expect([both.size, stale.size, fresh.size]).toEqual([0, 1, 1]);
    expect([both.staleSince('a', NOW), stale.staleSince('a', NOW)]).toEqual([undefined, NOW]);
    expect([both.confirmedAt('a', NOW), fresh.confirmedAt('a', NOW)]).toEqual([undefined, NOW]);
    for (const forget of [() => both.refuse('a', NO, NOW), () => both.end('a', NOW), () => both.forget('a')])
      expect(forget).not.toThrow();
    expect(() => both.clear()).not.toThrow();
  });

  it('lifts a refusal; of more than may be kept the one goes that was confirmed longest ago', () => {
    const known = memory({ maxSessions: 2 });
    known.refuse('a', NO, NOW);
    known.confirm('a', NOW);
    expect(known.refusal('a', NOW)).toBeUndefined();
    known.confirm('a', NOW + 1);
    known.confirm('b', NOW);
    known.confirm('c', NOW + 2);
    expect(['a', 'b', 'c'].map((key) => known.confirmedAt(key, NOW + 2))).toEqual([NOW + 1, undefined, NOW + 2]);
  });
});

describe('a refusal', () => {
  it('is remembered for a second, and not from the future', () => {
    const known = memory();
    known.refuse('a', NO, NOW);
    expect([-1, 0, 999, 1000].map((age) => known.refusal('a', NOW + age))).toEqual([undefined, NO, NO, undefined]);
    expect(known.refusal('b', NOW)).toBeUndefined();
  });

  it('takes the confirmation away; a flood of them takes no other', () => {
    const known = memory({ maxSessions: 1 });
    known.confirm('a', NOW);
    for (let number = 0; number < 20_000; number++) known.refuse(`garbage ${number}`, NO, NOW);
    expect(known.confirmedAt('a', NOW)).toBe(NOW);
    expect([known.refusal('garbage 9999', NOW), known.refusal('garbage 10000', NOW)]).toEqual([undefined, NO]);
    known.refuse('a', NO, NOW);
    expect([known.confirmedAt('a', NOW), known.staleSince('a', NOW), known.size]).toEqual([undefined, undefined, 0]);
  });
});

describe('an ending', () => {
  it('holds for ten minutes, and takes the confirmation away', () => {
    const known = memory();
    known.confirm('a', NOW);
    known.end('a', NOW);
    expect([known.isEnded('a', NOW - 1), known.isEnded('a', NOW + TOMBSTONE_MS - 1)]).toEqual([true, true]);
    expect(known.isEnded('a', NOW + TOMBSTONE_MS)).toBe(false);
    expect([known.isEnded('b', NOW), known.staleSince('a', NOW), known.size]).toEqual([false, undefined, 0]);
    expect(TOMBSTONE_MS).toBe(600_000);
  });

  it('is kept when everything else is forgotten', () => {
    const known = memory();
    known.end('ended', NOW);
    known.confirm('a', NOW);
    known.refuse('b', NO, NOW);
    known.clear();
    expect([known.size, known.refusal('b', NOW), known.isEnded('ended', NOW)]).toEqual([0, undefined, true]);
  });

  it('is remembered of as many as there may be sessions', () => {
    const known = memory({ maxSessions: 1 });
    known.end('a', NOW);
    known.end('b', NOW);
    expect([known.isEnded('a', NOW), known.isEnded('b', NOW)]).toEqual([false, true]);
  });
});

it('forgets one key, confirmed or refused', () => {
  const known = memory();
  for (const key of ['a', 'b']) known.confirm(key, NOW);
  known.forget('a');
  expect([known.confirmedAt('a', NOW), known.confirmedAt('b', NOW)]).toEqual([undefined, NOW]);
  known.refuse('a', NO, NOW);
  known.refuse('c', NO, NOW);
  known.forget('a');
  expect([known.refusal('a', NOW), known.refusal('c', NOW)]).toEqual([undefined, NO]);
});
