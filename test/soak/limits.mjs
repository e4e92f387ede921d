/** The options of the application under soak: the package's defaults, with times short enough to be lived through often. */
export const LIMITS = {
  timeoutMs: 2000,
  sessions: { ttlMs: 2000, userTtlMs: 5000, maxSessions: 500 },
  loginThrottle: { attempts: 4, windowMs: 1000 },
  recheckMs: 2000,
};
