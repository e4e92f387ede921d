/** A question under way. */
export interface Flight<T> {
  readonly answer: Promise<T>;
  /** Set when somebody wants a fresh answer next time: this one is served, but not remembered. */
  dated: boolean;
}

/** One question at a time for a key: who asks meanwhile shares its answer, or its failure. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** How many questions are in flight. */
  get size(): number {
    return this.#flights.size;
  }

  /** Resolves when the questions that are in flight now have come to their end. */
  async landed(): Promise<void> {
    await Promise.allSettled([...this.#flights.values()].map(({ answer }) => answer));
  }

  /** The question that is under way for the key, if one is. */
  get(key: string): Flight<T> | undefined {
    return this.#flights.get(key);
  }

  /** Asks. The question learns through `dated()` whether its answer may be remembered. */
  start(key: string, ask: (dated: () => boolean) => Promise<T>): Promise<T> {
    const flight: Flight<T> = { answer: this.#fly(key, () => ask(() => flight.dated)), dated: false };
    this.#flights.set(key, flight);
    return flight.answer;
  }

  async #fly(key: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } finally {
      this.#flights.delete(key);
    }
  }
}

/** The promise's outcome, or the signal's reason if that comes first. The promise itself goes on for others. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    // A signal's reason is whatever its owner chose; it is passed on as it is.
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      // Whoever gave up does not hear of its failure; nobody else may be listening.
      promise.catch(() => undefined);
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
