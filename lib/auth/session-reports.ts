import type { CheckCounts } from '../memory/session-check.js';
import type { BreakerState } from './resilience.js';

/** How a session ended. */
export interface DocSpaceEnded {
  /** Whether the portal no longer knows the credentials, as it says when asked; its logout always answers 200. */
  revoked: boolean;
  /** Where to send the user to leave the single sign-on too, absolute; absent for most. */
  singleLogoutUrl?: string;
}

/** What the session check has done since the start, and how it is. */
export interface DocSpaceSessionStatistics extends CheckCounts {
  /** Sessions remembered now. */
  remembered: number;
  /** Questions in flight now. */
  inFlight: number;
  /** How often the shared store failed. */
  storeErrors: number;
  /** The circuit breaker of each portal, by name. */
  breakers: Record<string, BreakerState>;
}
