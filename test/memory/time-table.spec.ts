import { hash } from 'node:crypto';
import fc from 'fast-check';
import { TimeTable } from '../../lib/memory/time-table';

const times = fc.integer({ min: 1, max: 1e13 });

/** Keys that stand in each other's way: few first words, and the same but for the last of the sixteen characters. */
const keys = fc
  .tuple(fc.constantFrom('\0\0\0\0', '\u00ff\u00ff\u00ff\u00ff', 'aaaa', 'aaab'), fc.integer({ min: 0, max: 40 }))
  .map(([first, last]) => `${first}...........${String.fromCharCode(last)}`);

type Step = ['set', string, number] | ['delete', string] | ['clear'];
const steps = fc.array(
  fc.oneof(
    { weight: 60, arbitrary: fc.tuple(fc.constant('set' as const), keys, times) },
    { weight: 30, arbitrary: fc.tuple(fc.constant('delete' as const), keys) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('clear' as const)) },
  ),
  { maxLength: 400, size: 'max' },
);

function take(table: TimeTable | Map<string, number>, [what, ...step]: Step): void {
  if (what === 'set') table.set(...(step as [string, number]));
  if (what === 'delete') table.delete(...(step as [string]));
  if (what === 'clear') table.clear();
}

const keyOf = (name: string | number): string => hash('sha256', String(name), 'binary');

describe('The table of times', () => {
  it('holds what a Map would, while there is room', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const [table, map] = [new TimeTable(1000), new Map<string, number>()];
        const seen = new Set<string>();
        for (const step of all) {
          take(table, step);
          take(map, step);
          if (step[1] !== undefined) seen.add(step[1]);
          if (table.size !== map.size) return false;
        }
        return [...seen].every((key) => table.get(key) === map.get(key));
      }),
      { numRuns: 500 },
    );
  });

  it('holds each of a hundred thousand keys, which is all it has room for', () => {
    const table = new TimeTable(100_000);
    for (let index = 1; index <= 100_000; index++) table.set(keyOf(index), index);
    expect(table.size).toBe(100_000);
    for (let index = 1; index <= 100_000; index++) if (table.get(keyOf(index)) !== index) throw new Error(`${index}`);
    expect(table.get(keyOf(0))).toBeUndefined();
  });

  it.each(Array.from({ length: 16 }, (_, at) => at))('tells keys apart by their character %i alone', (at) => {
    const table = new TimeTable(10);
    const [one, other] = ['a', 'b'].map((letter) => 'c'.repeat(at) + letter + 'c'.repeat(31 - at)) as [string, string];
    table.set(one, 1);
    expect(table.get(other)).toBeUndefined();
    table.delete(other);
    table.set(other, 2);
    expect([table.get(one), table.get(other), table.size]).toEqual([1, 2, 2]);
  });

  it('lets nobody give way for a key that it holds already', () => {
    const table = new TimeTable(3);
    for (const at of [1, 2, 3]) table.set(keyOf(at), at);
    table.set(keyOf(2), 4);
    expect([1, 2, 3].map((at) => table.get(keyOf(at)))).toEqual([1, 4, 3]);
  });

  it('lets the oldest of up to eight give way', () => {
    fc.assert(
      fc.property(fc.uniqueArray(times, { minLength: 1, maxLength: 8 }), times, (old, time) => {
        const table = new TimeTable(old.length);
        for (const at of old) table.set(keyOf(at), at);
        table.set(keyOf('new'), time);
        expect(table.size).toBe(old.length);
        expect(table.get(keyOf('new'))).toBe(time);
        expect(old.filter((at) => table.get(keyOf(at)) === undefined)).toEqual([Math.min(...old)]);
      }),
    );
  });

  it('never lets one of the newest give way, nor more than it must', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 300 }), fc.integer({ min: 0, max: 1e6 }), (max, seed) => {
        const table = new TimeTable(max);
        for (let at = 1; at <= max * 3; at++) {
          table.set(keyOf(`${seed} ${at}`), at);
          if (table.size !== Math.min(at, max)) return false;
          for (let young = Math.max(1, at - 7); young <= at; young++)
            if (table.get(keyOf(`${seed} ${young}`)) !== young) return false;
        }
        return true;
      }),
      { numRuns: 30 },
    );
  });

  it('lets keys that are set again stay, and those go that are not', () => {
    const table = new TimeTable(1000);
    for (let time = 1; time <= 100; time++) {
      for (let index = 0; index < 100; index++) {
        table.set(keyOf(`busy ${index}`), time);
        table.set(keyOf(`gone ${time} ${index}`), time);
      }
    }
    const busy = Array.from({ length: 100 }, (_, index) => table.get(keyOf(`busy ${index}`)));
    expect(new Set(busy)).toEqual(new Set([100]));
    expect(table.size).toBe(1000);
  });
});
