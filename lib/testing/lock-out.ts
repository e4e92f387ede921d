import type { DocSpaceEmulatorLoginSettings } from './emulator.options.js';

interface Record {
  attempts: number[];
  blockedUntil: number;
}

/** Counts password attempts per login name and address, for the whole installation (BruteForceLoginManager.cs). */
export class LockOut {
  readonly #records = new Map<string, Record>();

  constructor(private readonly now: () => number) {}

  /** Adds an attempt; false when it is locked out. Attempts made while blocked don't prolong the block. */
  admits(login: string, address: string, settings: DocSpaceEmulatorLoginSettings): boolean {
    const now = this.now();
    const record = this.#record(login, address);
    if (record.blockedUntil > now) return false;
    record.attempts = record.attempts.filter((at) => at > now - settings.checkPeriod * 1000);
    record.attempts.push(now);
    if (record.attempts.length <= settings.attemptCount) return true;
    record.attempts = [];
    record.blockedUntil = now + settings.blockTime * 1000;
    return false;
  }

  /** A success takes only its own entry back; earlier failures stay. */
  takeBack(login: string, address: string): void {
    this.#record(login, address).attempts.pop();
  }

  #record(login: string, address: string): Record {
    const key = `${login.toLowerCase()}${address}`;
    const record = this.#records.get(key) ?? { attempts: [], blockedUntil: 0 };
    this.#records.set(key, record);
    return record;
  }
}
