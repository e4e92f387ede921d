import { recent } from '../../lib/memory/recent';
import { heapUsed } from '../support/growth';

describe('what was used recently', () => {
  it('stays, while the value that was used longest ago gives way', () => {
    const values = recent<{ of: string }>(2);
    values.set('a', { of: 'a' });
    values.set('b', { of: 'b' });
    values.get('a');
    values.set('c', { of: 'c' });
    expect([...values.keys()].sort()).toEqual(['a', 'c']);
  });

  it('takes no room before it is there', async () => {
    const before = await heapUsed();
    const caches = Array.from({ length: 20 }, () => recent(100_000));
    expect((await heapUsed()) - before).toBeLessThan(1_000_000);
    expect(caches.map(({ size }) => size)).toEqual(Array(20).fill(0));
  });
});
