/** What an application may know of a token, and so what it may answer. */

/** How long a refusal is remembered (lib/memory/session-memory.ts), and what the application of the soak is told (app.mjs). */
const REFUSAL_MS = 1000;
/** Times are whole milliseconds of two processes. */
const BLUR_MS = 3;

const NEVER = -Infinity;
const nothing = { from: NEVER, to: NEVER };

/**
 * A token, or what passes for one. Of what is remembered of it only bounds are known: it was asked about no earlier than
 * `from` and no later than `to`. Its requests are made one after another, or at once as a burst.
 */
export class Token {
  #confirmed = nothing;
  #denied = { ...nothing, status: 401 };
  #profile = nothing;

  /** @param right what the portal says of it in good order: 200 or 401; `never` when it is never asked. */
  constructor(kind, value, right, { ttlMs, userTtlMs }) {
    this.kind = kind;
    this.value = value;
    this.right = right;
    this.ttlMs = ttlMs;
    this.userTtlMs = userTtlMs;
  }

  /** Ended here: no portal is asked again. */
  end() {
    this.kind = 'ended';
    this.right = 'never';
    this.endedAt = Date.now();
  }

  /** Ended at the portal alone: what is remembered is still believed. */
  revoke() {
    this.kind = 'revoked';
    this.right = 401;
  }

  /** What a session check can answer that began and ended then: a function of the sky, which is asked later. */
  check(from, to) {
    const { right } = this;
    if (right === 'never') return () => new Set([401]);
    const denied = this.#denied;
    if (isSure(denied, REFUSAL_MS, to)) return () => new Set([denied.status]);
    if (isSure(this.#confirmed, this.ttlMs, to)) return () => new Set([200]);
    const remembered = [];
    if (isPossible(denied, REFUSAL_MS, from)) remembered.push(denied.status);
    if (isPossible(this.#confirmed, this.ttlMs, from)) remembered.push(200);
    return (sky) => new Set([...remembered, ...sky.outcomes('check', right, from, to)]);
  }

  /** The same of a check and the user's profile. */
  profile(from, to) {
    const [check, { right }] = [this.check(from, to), this];
    const [sure, possible] = [
      isSure(this.#profile, this.userTtlMs, to),
      isPossible(this.#profile, this.userTtlMs, from),
    ];
    return (sky) => {
      const statuses = check(sky);
      if (!statuses.delete(200)) return statuses;
      if (sure || possible) statuses.add(200);
      if (!sure) for (const status of sky.outcomes('profile', right, from, to)) statuses.add(status);
      return statuses;
    };
  }

  /** Takes in the status of a check that began and ended then. */
  learnCheck(status, from, to) {
    if (this.right === 'never') return;
    if (status === 200) {
      if (!isSure(this.#confirmed, this.ttlMs, to)) this.#confirmed = later(this.#confirmed, this.ttlMs, from, to);
      this.#denied = { ...nothing, status: 401 };
    } else if (status === 401 || status === 403) {
      if (!isSure(this.#denied, REFUSAL_MS, to))
        this.#denied = { ...later(this.#denied, REFUSAL_MS, from, to), status };
      this.#confirmed = nothing;
    }
  }

  /** Takes in the status of a check and a profile; one that is no success leaves open which of them it was. */
  learnProfile(status, from, to) {
    if (this.right === 'never') return;
    if (status === 200) {
      this.learnCheck(200, from, to);
      if (!isSure(this.#profile, this.userTtlMs, to)) this.#profile = later(this.#profile, this.userTtlMs, from, to);
    } else this.blur(status, to);
  }

  /** What was known of it at a time, for who looks into a wrong answer. */
  describe(at) {
    const ago = ({ from, to }) => (to === NEVER ? 'never' : `${at - from} to ${at - to} ms before`);
    const { status } = this.#denied;
    return `${this.kind}, confirmed ${ago(this.#confirmed)}, ${status} ${ago(this.#denied)}, profile ${ago(this.#profile)}`;
  }

  /** Anything may have been remembered until then. */
  blur(status, to) {
    this.#confirmed = { from: NEVER, to };
    this.#denied = { from: NEVER, to, status: status === 403 ? 403 : 401 };
  }
}

/** Whether what was asked about then is remembered for certain until the end of a request. */
const isSure = (asked, forMs, to) => to < asked.from + forMs - BLUR_MS;
/** Whether it may be remembered still at its begin. */
const isPossible = (asked, forMs, from) => from < asked.to + forMs + BLUR_MS;
/** Asked between these times, unless it was remembered. */
const later = (asked, forMs, from, to) => ({ from: isPossible(asked, forMs, from) ? asked.from : from, to });

/** Reasons of a portal that never looked at a password. */
const UNJUDGED = ['rate-limited', 'portal-not-found', 'portal-maintenance'];

/** The attempts of a login name that count (lib/auth/login-throttle.ts): at least and at most so many. */
export class Attempts {
  #least = 0;
  #most = 0;
  #from = NEVER;
  #to = NEVER;

  constructor({ attempts, windowMs }, timeoutMs) {
    this.attempts = attempts;
    this.windowMs = windowMs + timeoutMs;
  }

  /** Whether nothing counts any more. */
  isQuiet(now) {
    return now > this.#to + this.windowMs + BLUR_MS;
  }

  /** Adds to what an attempt can come to that we do not stop: 429 when we do. */
  limit(from, to, outcomes) {
    if (this.isQuiet(from)) this.#most = 0;
    // Where the window may be over, what counted before may count no more.
    if (to >= this.#from + this.windowMs - BLUR_MS) this.#least = 0;
    if (this.#least >= this.attempts) return () => new Set([429]);
    return this.#most >= this.attempts ? (sky) => new Set([...outcomes(sky), 429]) : outcomes;
  }

  /** Takes in what an attempt came to; who got in, and who was never judged, takes it back. */
  learn({ status, reason }, from, to) {
    if (reason === 'throttled') return;
    // Also one that is taken back renews the time for which the others count.
    [this.#from, this.#to] = [from, to];
    if (status === 200 || UNJUDGED.includes(reason)) return;
    this.#most += 1;
    if (status === 401) this.#least += 1;
  }
}
