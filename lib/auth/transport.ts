/** One HTTP request, ready to be sent. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  /** The scheme, host and port to connect to. */
  readonly origin: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Ends the request; it then rejects at once, with the limit's reason. */
  readonly limit: Limit;
}

/** Ends what is sent before its time. An `AbortSignal` for one listener, at a tenth of the cost. */
export class Limit {
  #reason: Error | undefined;
  #reached: ((reason: Error) => void) | undefined;

  /** Why it is over; undefined while it is not. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  throwIfReached(): void {
    if (this.#reason) throw this.#reason;
  }

  /** Calls back when it is over. Attempts follow one another, so the latest alone is told. */
  whenReached(reached: (reason: Error) => void): void {
    this.#reached = reached;
  }

  reach(reason: Error): void {
    this.#reason = reason;
    this.#reached?.(reason);
  }

  /** The same as a signal, for who knows nothing else. */
  signal(): AbortSignal {
    const controller = new AbortController();
    this.whenReached((reason) => controller.abort(reason));
    return controller.signal;
  }
}

/** What came back, unread. */
export interface PortalAnswer {
  readonly status: number;
  /** Headers with lower-case names; the first value where a name stands more than once. */
  header(name: string): string | undefined;
  readonly text: string;
}

/**
 * How requests get to a portal and answers back: no redirects, nothing packed, at most `MAX_BYTES`, over kept sockets.
 * Rejects with whatever the socket says.
 */
export interface Transport {
  send(request: TransportRequest): Promise<PortalAnswer>;
  /** Closes the sockets that it opened for itself. */
  close(): Promise<void> | void;
}

/** No answer of a portal's is longer. */
export const MAX_BYTES = 256 * 1024;

/** Keeps sockets, and drops idle ones before nginx (65 s) or Kestrel (130 s) do, so that none is used while it dies. */
export const IDLE_MS = 15_000;
export const MAX_SOCKETS = 64;

/** What came is no answer. */
export class UnreadableError extends Error {
  readonly code = 'ERR_UNREADABLE';
}

type Headers = Readonly<Record<string, unknown>>;

/** Takes in one answer, part by part, and gives up on what is packed or grows too long. */
export class Reading {
  #bytes = 0;
  readonly #parts: Buffer[] = [];

  constructor(
    private readonly status: number,
    private readonly headers: Headers,
    private readonly giveUp: (error: Error) => void,
  ) {
    const { 'content-encoding': encoding = 'identity' } = headers;
    if (encoding !== 'identity') giveUp(new UnreadableError('packed, which nobody asked for'));
  }

  take(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > MAX_BYTES) this.giveUp(new UnreadableError('too long'));
    else this.#parts.push(part);
  }

  end(): PortalAnswer {
    const [first, ...more] = this.#parts;
    const bytes = first && more.length === 0 ? first : Buffer.concat(this.#parts);
    return answerOf(this.status, this.headers, bytes.toString('utf8'));
  }
}

export const answerOf = (status: number, headers: Headers, text: string): PortalAnswer => ({
  status,
  header: (name) => [headers[name]].flat().find((value) => typeof value === 'string'),
  text,
});
