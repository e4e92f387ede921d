import { Counters } from '../../lib/memory/counters';
import { heapUsed } from '../support/growth';

const NOW = 1_800_000_000_000;
let counters: Counters;
beforeEach(() => {
  counters = new Counters();
});

describe('counting', () => {
  it('lets so many through, then says how long to wait', () => {
    expect([counters.take('a', 2, 1000, NOW), counters.take('a', 2, 1000, NOW + 100)]).toEqual([0, 0]);
    expect(counters.take('a', 2, 1000, NOW + 300)).toBe(800);
    expect(counters.take('b', 2, 1000, NOW + 300)).toBe(0);
  });

  it('starts from nothing once it was quiet for the window; what was refused does not count', () => {
    counters.take('a', 1, 1000, NOW);
    expect(counters.take('a', 1, 1000, NOW + 999)).toBe(1);
    expect(counters.take('a', 1, 1000, NOW + 1000)).toBe(0);
    expect(counters.take('a', 1, 1000, NOW + 1001)).toBe(999);
  });

  it('lets nobody through where the limit is nothing, once there is a count', () => {
    counters.take('a', 5, 1000, NOW);
    expect(counters.take('a', 1, 1000, NOW)).toBe(1000);
  });

  it('forgets the oldest of more than it may keep', () => {
    const few = new Counters(1);
    few.take('a', 1, 1000, NOW);
    few.take('b', 1, 1000, NOW);
    expect([few.take('b', 1, 1000, NOW), few.take('a', 1, 1000, NOW)]).toEqual([1000, 0]);
  });
});

describe('giving back', () => {
  it('takes one off, and leaves the window', () => {
    counters.take('a', 2, 1000, NOW);
    counters.take('a', 2, 1000, NOW);
    counters.giveBack('a', NOW + 500);
    expect(counters.take('a', 1, 1000, NOW + 500)).toBe(500);
    expect(counters.take('a', 2, 1000, NOW + 500)).toBe(0);
    expect(counters.take('a', 2, 1000, NOW + 500)).toBe(1000);
  });

  it('leaves nothing of the last one', () => {
    counters.take('a', 1, 1000, NOW);
    counters.giveBack('a', NOW);
    expect(counters.take('a', 1, 1000, NOW)).toBe(0);
    expect(counters.take('a', 1, 1000, NOW)).toBe(1000);
  });

  it('keeps nothing of what came to nothing, however many did', async () => {
    const before = await heapUsed();
    for (let name = 0; name < 50_000; name++) {
      counters.take(`name ${name}`, 1, 1000, NOW);
      counters.giveBack(`name ${name}`, NOW);
    }
    expect((await heapUsed()) - before).toBeLessThan(1_000_000);
    expect(counters.take('name 0', 1, 1000, NOW)).toBe(0);
  });

  it('is nothing where nothing counts', () => {
    counters.giveBack('a', NOW);
    counters.take('a', 3, 1000, NOW);
    counters.take('a', 3, 1000, NOW);
    counters.giveBack('a', NOW + 1000);
    expect(counters.take('a', 1, 1000, NOW + 1000)).toBe(0);
  });

  it('lifts no block', () => {
    counters.block('a', 1000, NOW);
    counters.giveBack('a', NOW);
    expect(counters.blockedMs('a', NOW)).toBe(1000);
  });
});

describe('blocking', () => {
  it('reaches every limit for its time', () => {
    counters.block('a', 1000, NOW);
    expect(counters.take('a', 1_000_000, 5000, NOW + 1)).toBe(999);
    expect([counters.blockedMs('a', NOW + 999), counters.blockedMs('a', NOW + 1000)]).toEqual([1, 0]);
    expect(counters.take('a', 1, 5000, NOW + 1000)).toBe(0);
  });

  it('is prolonged by a longer one, and not shortened by another', () => {
    counters.block('a', 1000, NOW);
    counters.block('a', 100, NOW + 500);
    expect(counters.blockedMs('a', NOW + 500)).toBe(500);
    counters.block('a', 2000, NOW + 500);
    expect(counters.blockedMs('a', NOW + 500)).toBe(2000);
  });

  it('is none where attempts merely count', () => {
    counters.take('a', 5, 1000, NOW);
    expect(counters.blockedMs('a', NOW)).toBe(0);
    expect(counters.blockedMs('b', NOW)).toBe(0);
  });
});
