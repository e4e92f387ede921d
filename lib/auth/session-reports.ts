import { type CheckCounts, noCounts } from '../memory/session-check.js';
import type { Portal } from './portal.js';
import type { BreakerState } from './resilience.js';

/** How a session ended. */
export interface DocSpaceEnded {
  /** Whether the portal no longer knows the credentials, as it says when asked; its logout always answers 200. */
  revoked: boolean;
  /** Where to send the user to leave the single sign-on too, absolute; absent for most. */
  singleLogoutUrl?: string;
}

/** What the session checks of one portal came to since the start, and its circuit breaker now. */
export interface DocSpacePortalStatistics extends CheckCounts {
  /** `closed`: the portal is asked; `open`: it is not, for it did not answer; `half-open`: one question tries it. */
  breaker: BreakerState;
}

/** What the session check has done since the start, for all portals together, and how it is. */
export interface DocSpaceSessionStatistics extends CheckCounts {
  /** Sessions remembered now. */
  remembered: number;
  /** Questions in flight now. */
  inFlight: number;
  /** How often the shared store failed. */
  storeErrors: number;
  /** The circuit breaker of each portal, by name. */
  breakers: Record<string, BreakerState>;
  /** The same counts for each portal alone, by name. */
  portals: Record<string, DocSpacePortalStatistics>;
}

/** What is told: the counts of all portals, each by its name, and what is remembered and in flight. */
export function reportOf(
  portals: readonly Portal[],
  { memory, inFlight }: { readonly memory: { readonly size: number }; readonly inFlight: number },
  storeErrors: number,
): DocSpaceSessionStatistics {
  const total = noCounts();
  for (const { counts } of portals)
    for (const name of Object.keys(total) as (keyof CheckCounts)[]) total[name] += counts[name];
  const byName = <T>(tell: (portal: Portal) => T): Record<string, T> =>
    Object.fromEntries(portals.map((portal) => [portal.name, tell(portal)]));
  return {
    ...total,
    remembered: memory.size,
    inFlight,
    storeErrors,
    breakers: byName(({ resilience }) => resilience.state),
    portals: byName(({ counts, resilience }) => ({ ...counts, breaker: resilience.state })),
  };
}
