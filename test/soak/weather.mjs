/** What can go wrong with a portal, what an application then answers, and when it was so. */

/** For so long the circuit breaker may be noticed late: it is told by another process, in whole milliseconds. */
const BLUR_MS = 5;
/** So long an open breaker keeps everybody from asking (lib/auth/resilience.ts). */
const OPEN_MS = 5000;

const same = (status) => ({ check: status, profile: status, login: status, logout: status });

/**
 * By name: the emulator's fault or what it is set to; the status that an application answers with for each kind of question,
 * where that is not what the portal would have said (`check`, `profile`, `login` with its second step, `logout`); whether
 * an answer can take longer than there is time, and then is none; and whether that counts as an outage, after which nobody
 * asks for a while.
 */
export const WEATHERS = {
  clear: { answers: {} },
  slow: { fault: { kind: 'latency', delayMs: 300 }, answers: {} },
  // Byte by byte a profile could take longer than there is time.
  dripping: { fault: { kind: 'drip', delayMs: 1, path: '/api/2.0/authentication' }, answers: {}, isLong: true },
  limited: { fault: { kind: 'status', status: 429 }, answers: { ...same(503), login: 429, logout: 429 } },
  failing: { fault: { kind: 'status', status: 500 }, answers: same(503) },
  garbage: { fault: { kind: 'garbage' }, answers: same(502) },
  huge: { fault: { kind: 'huge', bytes: 4 * 1024 * 1024 }, answers: same(502) },
  suspended: { settings: { status: 'suspended' }, answers: same(503) },
  restoring: { settings: { status: 'restoring' }, answers: { check: 503, login: 503, logout: 503 } },
  unpaid: { settings: { paid: false }, answers: { profile: 503 } },
  restricted: { settings: { allowedIps: ['192.0.2.1'] }, answers: {}, forbids: true },
  silent: { fault: { kind: 'silent' }, answers: same(503), isOutage: true },
  resetting: { fault: { kind: 'reset' }, answers: same(503), isOutage: true },
  refusing: { fault: { kind: 'refuse' }, answers: same(503), isOutage: true },
  cutting: { fault: { kind: 'cut-body' }, answers: same(503), isOutage: true },
  gateway: { fault: { kind: 'html', status: 502 }, answers: same(503), isOutage: true },
  unavailable: { fault: { kind: 'status', status: 503, retryAfter: 1 }, answers: same(503), isOutage: true },
};

const RESTORED = { status: 'active', paid: true, allowedIps: [] };

/** The weather now and before, and what the application's circuit breaker was at. Times are those of `Date.now()`. */
export class Sky {
  #weathers = [{ name: 'clear', from: -Infinity }];
  #breaker = [{ state: 'closed', from: -Infinity }];

  constructor(emulator, timeoutMs) {
    this.emulator = emulator;
    this.timeoutMs = timeoutMs;
  }

  /** How often the weather turned bad. */
  get changes() {
    return this.#weathers.filter(({ name }) => name !== 'clear').length;
  }

  get openings() {
    return this.#breaker.filter(({ state }) => state === 'open').length;
  }

  /** Changes the weather. The emulator lives in this process, so that no question sees anything else in between. */
  async change(name) {
    const { fault, settings } = WEATHERS[name];
    await this.emulator.faults.clear();
    Object.assign(this.emulator.settings, RESTORED, settings);
    // A port opens a moment after it was asked to, and everything else changes at once.
    this.#weathers.push({ name, from: Date.now() });
    if (fault) this.emulator.faults.add(fault);
  }

  /** Notes what the breaker turned to; false when no outage can have opened it. */
  noteBreaker(state, from) {
    this.#breaker.push({ state, from });
    const names = this.weathersIn(from - 2 * this.timeoutMs, from + BLUR_MS);
    return state !== 'open' || names.some((name) => WEATHERS[name].isOutage || WEATHERS[name].isLong);
  }

  weathersIn(from, to) {
    return within(this.#weathers, from, to).map(({ name }) => name);
  }

  /**
   * The statuses that a question can come to which is asked between these times, where `right` is what the portal says in
   * good order.
   */
  outcomes(operation, right, from, to) {
    const states = this.#breakerIn(from, to);
    if (states.every((state) => state === 'open')) return new Set([503]);
    const isLate = to - from >= this.timeoutMs - BLUR_MS;
    const outcomes = this.weathersIn(from, to).flatMap((name) => {
      const { answers, forbids, isLong } = WEATHERS[name];
      if (isLong && isLate) return [503, answers[operation] ?? right];
      // Only who is signed in is looked at, and not the owner.
      if (forbids && operation !== 'login' && right === 200) return 403;
      return answers[operation] ?? right;
    });
    return new Set(states.some((state) => state !== 'closed') ? [...outcomes, 503] : outcomes);
  }

  /** Whether nothing stood in the way of any question between these times. */
  isClear(from, to) {
    const isClosed = this.#breakerIn(from, to).every((state) => state === 'closed');
    return isClosed && this.weathersIn(from, to).every((name) => name === 'clear');
  }

  /** Once it was open for its time, the next question is asked as if it were closed. */
  #breakerIn(from, to) {
    return within(this.#breaker, from - BLUR_MS, to + BLUR_MS).map(({ state, from: since }) =>
      state === 'open' && since + OPEN_MS + BLUR_MS < from ? 'closed' : state,
    );
  }
}

/** The entries that held at some time between these. */
const within = (entries, from, to) =>
  entries.filter((entry, index) => entry.from <= to && (entries[index + 1]?.from ?? Infinity) >= from);
