import { emptyAnswer, type Answer } from './answer.js';
import type { Exchange } from './exchange.js';

interface Usage {
  minute: number[];
  day: number[];
  gets: number;
  others: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The limiter that real installations leave off (BaseStartup.cs:187): per user, or per address for strangers. */
export class RateLimiter {
  readonly #usages = new Map<string, Usage>();

  /** The refusal of a request too many; undefined lets it through. */
  refusal(exchange: Exchange): Answer | undefined {
    const limits = exchange.maybePortal?.settings.rateLimiter;
    const exempt = limits?.exemptLoopback !== false && /^(127\.|::1$)/.test(exchange.address);
    if (!limits || exempt) return undefined;
    const { perMinute = 1500, writesPerDay = 10_000, concurrentGet = 50, concurrentOther = 15 } = limits;
    const usage = this.#usage(exchange);
    const reading = exchange.method === 'GET';
    const running = reading ? usage.gets : usage.others;
    const most = reading ? concurrentGet : concurrentOther;
    if (running >= most) return tooMany(exchange, most, undefined);
    const counted = admit(usage.minute, exchange.startedAt, minuteMs, perMinute);
    if (counted !== undefined) return tooMany(exchange, perMinute, counted);
    const writes = exchange.method === 'POST' || exchange.method === 'PUT';
    const daily = writes ? admit(usage.day, exchange.startedAt, dayMs, writesPerDay) : undefined;
    if (daily !== undefined) return tooMany(exchange, writesPerDay, daily);
    track(exchange, usage, reading ? 'gets' : 'others');
    return undefined;
  }

  #usage({ caller, address }: Exchange): Usage {
    const key = caller?.account.id ?? address;
    const usage = this.#usages.get(key) ?? { minute: [], day: [], gets: 0, others: 0 };
    this.#usages.set(key, usage);
    return usage;
  }
}

/** Counts a request in a sliding window, or says in how many milliseconds there is room again. */
function admit(times: number[], now: number, windowMs: number, most: number): number | undefined {
  while ((times[0] ?? Infinity) <= now - windowMs) times.shift();
  if (times.length >= most) return (times[0] ?? now) + windowMs - now;
  times.push(now);
  return undefined;
}

function track(exchange: Exchange, usage: Usage, kind: 'gets' | 'others'): void {
  usage[kind] += 1;
  exchange.whenSent = () => {
    usage[kind] -= 1;
  };
}

function tooMany(exchange: Exchange, limit: number, retryMs: number | undefined): Answer {
  const headers = ['X-RateLimit-Limit', String(limit), 'X-RateLimit-Remaining', '0'];
  if (retryMs !== undefined) headers.push('Retry-After', String(Math.ceil(retryMs / 1000)));
  return emptyAnswer(exchange, 429, headers);
}
