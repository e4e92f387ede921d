import type { Dispatcher, Pool } from 'undici';
import {
  IDLE_MS,
  type Limit,
  MAX_SOCKETS,
  type PortalAnswer,
  Reading,
  type Transport,
  UnreadableError,
} from './transport.js';

/**
 * Over undici, by its dispatch handlers: without the stream that its `request` would put in between.
 * @throws when undici is not installed.
 */
export async function undiciTransport(ca: unknown): Promise<Transport> {
  const undici = await import('undici');
  const options: Pool.Options = {
    connections: MAX_SOCKETS,
    keepAliveTimeout: IDLE_MS,
    // The signal bounds the whole answer; undici's own timers would only add work.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ca: ca as string },
  };
  // Not undici's Agent: it opens a second pool for an origin while a first one loses its sockets, with as many again.
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    const pool = pools.get(origin) ?? new undici.Pool(origin, options);
    pools.set(origin, pool);
    return pool;
  };
  let closed: Promise<unknown> | undefined;
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const { origin, path, method, headers, body = null } = request;
        poolOf(origin).dispatch(
          { path, method, headers: headers as Record<string, string>, body },
          new Handler(request.limit, resolve, reject),
        );
      }),
    close: async () => {
      closed ??= Promise.all([...pools.values()].map((pool) => pool.close()));
      await closed;
    },
  };
}

class Handler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #reading: Reading | undefined;

  constructor(
    private readonly limit: Limit,
    private readonly resolve: (answer: PortalAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {
    limit.whenReached((reason) => this.#giveUp(reason));
  }

  /** At once, also for a request that still waits for its connection: undici would tell only with that. */
  #giveUp(reason: Error): void {
    this.reject(reason);
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.limit.reason) this.#giveUp(this.limit.reason);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
  ): void {
    this.#reading = new Reading(status, headers, (error) => controller.abort(error));
  }

  onResponseData(_: Dispatcher.DispatchController, part: Buffer): void {
    this.#reading?.take(part);
  }

  onResponseEnd(): void {
    if (this.#reading) this.resolve(this.#reading.end());
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // Undici's own error for what is not HTTP may have no code.
    this.reject(error.name === 'HTTPParserError' ? new UnreadableError('not HTTP') : error);
  }
}
