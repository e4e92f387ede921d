import type { Portal } from '../../lib/auth/portal.js';
import { type BreakerState, Resilience } from '../../lib/auth/resilience.js';
import { reportOf } from '../../lib/auth/session-reports.js';
import { noCounts } from '../../lib/memory/session-check.js';

/** What a report reads of a portal. */
function aPortal(name: string, counted: number, state: BreakerState): Portal {
  const resilience = Object.defineProperty(new Resilience(), 'state', { value: state });
  const counts = { ...noCounts(), hits: counted, misses: 2 * counted, refused: 10 * counted };
  return { name, counts, resilience } as unknown as Portal;
}

const one = aPortal('default', 1, 'open');
const other = aPortal('sales', 3, 'half-open');
const none = { shared: 0, asked: 0, staleServed: 0 };

describe('a report', () => {
  it('sums up what was counted, and tells it for each portal by its name, with its breaker', () => {
    expect(reportOf([one, other], { memory: { size: 7 }, inFlight: 2 }, 5)).toStrictEqual({
      ...{ ...none, hits: 4, misses: 8, refused: 40 },
      remembered: 7,
      inFlight: 2,
      storeErrors: 5,
      breakers: { default: 'open', sales: 'half-open' },
      portals: {
        default: { ...none, hits: 1, misses: 2, refused: 10, breaker: 'open' },
        sales: { ...none, hits: 3, misses: 6, refused: 30, breaker: 'half-open' },
      },
    });
  });

  it('is no window on the counts: what is counted later is not in it, and nobody counts with it', () => {
    const portal = aPortal('default', 1, 'closed');
    const report = reportOf([portal], { memory: { size: 0 }, inFlight: 0 }, 0);
    portal.counts.hits++;
    expect([report.hits, report.portals['default']?.hits]).toEqual([1, 1]);
    Object.assign(report.portals['default'] ?? {}, { hits: 100 });
    expect(portal.counts.hits).toBe(2);
  });
});
