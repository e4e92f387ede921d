/** A request that reached the emulator and what it answered, secrets included: it is a test tool. */
export interface DocSpaceEmulatorJournalEntry {
  /** When the request was complete, in milliseconds since 1970 by the emulator's clock. */
  readonly at: number;
  /** The request. */
  readonly request: {
    /** The method. */
    readonly method: string;
    /** The path with its query. */
    readonly path: string;
    /** The headers, by lower-case name. */
    readonly headers: Readonly<Record<string, string>>;
    /** The body as text. */
    readonly body: string;
  };
  /** The answer; status 0 when a fault left none. */
  readonly response: {
    /** The status. */
    readonly status: number;
    /** The headers by lower-case name; several Set-Cookie lines are joined by a line break. */
    readonly headers: Readonly<Record<string, string>>;
    /** The body as text. */
    readonly body: string;
  };
}

const mostEntries = 10_000;

/** The last requests, newest last. */
export class Journal {
  readonly entries: DocSpaceEmulatorJournalEntry[] = [];

  add(entry: DocSpaceEmulatorJournalEntry): void {
    if (this.entries.length >= mostEntries) this.entries.shift();
    this.entries.push(entry);
  }
}

/** Headers in pairs as a record with lower-case names. */
export function headerRecord(pairs: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < pairs.length; index += 2) {
    const name = (pairs[index] ?? '').toLowerCase();
    const value = pairs[index + 1] ?? '';
    const known = record[name];
    record[name] = known === undefined ? value : `${known}${name === 'set-cookie' ? '\n' : ', '}${value}`;
  }
  return record;
}
