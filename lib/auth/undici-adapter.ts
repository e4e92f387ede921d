import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import type { Dispatcher } from 'undici';

/** An axios adapter with the sockets it keeps. */
export interface ClosableAdapter {
  readonly adapter: AxiosAdapter;
  close(): Promise<void>;
}

type Headers = Record<string, string>;

/**
 * Axios over undici, for the calls of this package alone: texts, no redirects, no compression; the caller's signal bounds
 * the time and `maxContentLength` the size.
 * @throws when undici is not installed.
 */
export async function undiciAdapter(ca: unknown): Promise<ClosableAdapter> {
  const { Agent } = await import('undici');
  const dispatcher = new Agent({
    connections: 64,
    keepAliveTimeout: 15_000,
    // The signal bounds the whole answer; undici's own timers would only add work.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ca: ca as string },
  });
  const adapter = (config: InternalAxiosRequestConfig): Promise<AxiosResponse> =>
    new Promise((resolve, reject) => {
      const { origin, pathname, search } = new URL(config.url ?? '');
      const request: Dispatcher.DispatchOptions = {
        origin,
        path: pathname + search,
        method: (config.method ?? 'get').toUpperCase(),
        headers: { ...(config.headers.toJSON() as Headers), 'accept-encoding': 'identity' },
        body: (config.data ?? null) as string | null,
      };
      dispatcher.dispatch(request, new Reading(config, resolve, reject));
    });
  return { adapter, close: () => dispatcher.close() };
}

/** Reads one answer as undici hands it over, without the stream that its `request` would put in between. */
class Reading implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Headers = {};
  #bytes = 0;
  readonly #parts: Buffer[] = [];

  constructor(
    private readonly config: InternalAxiosRequestConfig,
    private readonly resolve: (response: AxiosResponse) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.#signal?.addEventListener('abort', () => this.#giveUp(), { once: true });
  }

  get #signal(): AbortSignal | undefined {
    return this.config.signal as AbortSignal | undefined;
  }

  /** At once, also for a request that still waits for its connection: undici would tell only with that. */
  #giveUp(): void {
    const reason = this.#signal?.reason as Error;
    this.reject(reason);
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal?.aborted) this.#giveUp();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: object): void {
    this.#status = status;
    this.#headers = headers as Headers;
    const { 'content-encoding': encoding = 'identity' } = this.#headers;
    if (encoding !== 'identity') controller.abort(new UnreadableError('packed, which nobody asked for'));
  }

  /** Refuses an answer while it arrives when it grows too long, in the words that axios has for that. */
  onResponseData(controller: Dispatcher.DispatchController, part: Buffer): void {
    const limit = this.config.maxContentLength ?? Infinity;
    this.#bytes += part.length;
    if (this.#bytes > limit) controller.abort(new Error(`maxContentLength size of ${limit} exceeded`));
    else this.#parts.push(part);
  }

  onResponseEnd(): void {
    const data = Buffer.concat(this.#parts).toString('utf8');
    this.resolve({ data, status: this.#status, statusText: '', headers: this.#headers, config: this.config });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.reject(error.name === 'HTTPParserError' ? new UnreadableError('not HTTP') : error);
  }
}

/** What came is no answer. Undici's own error for what is not HTTP may have no code. */
class UnreadableError extends Error {
  readonly code = 'UND_ERR_RESPONSE';
}
