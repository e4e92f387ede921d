import { notAuthenticated, plain } from './failure.js';
import type { Portal } from './portal.js';

/** An SMS that a portal sent. */
export interface DocSpaceEmulatorSms {
  /** The phone it went to, in digits. */
  readonly phone: string;
  /** The code in it. */
  readonly code: string;
  /** When it was sent, in milliseconds since 1970. */
  readonly at: number;
}

const lifetimeMs = 10 * 60_000;
const mostLive = 6;
const mostAttempts = 5;

/** The SMS codes of a portal: one-time, at most six live, five attempts (SmsKeyStorage.cs). */
export class SmsDesk {
  readonly #portal: Portal;
  readonly #live = new Map<string, { codes: Set<string>; until: number }>();
  readonly #attempts = new Map<string, { count: number; until: number }>();

  constructor(portal: Portal) {
    this.#portal = portal;
  }

  /** When a code made now stops working. */
  expiry(): number {
    return this.#portal.now() + lifetimeMs;
  }

  hasLive(phone: string): boolean {
    return this.#codes(phone).size > 0;
  }

  /** Makes a code for a phone; the first digit is never 0, and every new code restarts the ten minutes. */
  issue(phone: string): string {
    const codes = this.#codes(phone);
    if (codes.size >= mostLive) throw plain('You have sent too many text messages. Please try again later.');
    const code = String(100_000 + (this.#portal.random(6).readUIntBE(0, 6) % 900_000));
    codes.add(code);
    this.#live.set(phone, { codes, until: this.expiry() });
    return code;
  }

  /** Uses a code up, or refuses. The order of the checks is the portal's. */
  redeem(phone: string, code: string): void {
    if (code === '') throw notAuthenticated();
    const attempts = this.#countAttempt(phone);
    if (attempts.count > mostAttempts) throw notAuthenticated();
    if (!this.#codes(phone).has(code)) throw notAuthenticated();
    attempts.count -= 1;
    this.#live.delete(phone);
  }

  #countAttempt(phone: string): { count: number } {
    const known = this.#attempts.get(phone);
    const counter = known && known.until > this.#portal.now() ? known : { count: 0, until: this.expiry() };
    counter.count += 1;
    this.#attempts.set(phone, counter);
    return counter;
  }

  #codes(phone: string): Set<string> {
    const live = this.#live.get(phone);
    return live && live.until > this.#portal.now() ? live.codes : new Set();
  }
}
