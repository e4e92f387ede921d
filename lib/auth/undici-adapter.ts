import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';

/** An axios adapter with the sockets it keeps. */
export interface ClosableAdapter {
  readonly adapter: AxiosAdapter;
  close(): Promise<void>;
}

/**
 * Axios over undici, for the calls of this package alone: texts, no redirects, no compression; the caller's signal bounds
 * the time and `maxContentLength` the size.
 * @throws when undici is not installed.
 */
export async function undiciAdapter(ca: unknown): Promise<ClosableAdapter> {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({
    connections: 64,
    keepAliveTimeout: 15_000,
    // The signal bounds the whole answer; undici's own timers would only add work.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ca: ca as string },
  });
  const adapter = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
    const { statusCode, headers, body } = await request(config.url ?? '', {
      dispatcher,
      method: (config.method ?? 'get').toUpperCase() as 'GET' | 'POST',
      headers: { ...(config.headers.toJSON() as Record<string, string>), 'accept-encoding': 'identity' },
      body: (config.data ?? null) as string | null,
      signal: config.signal as AbortSignal,
    });
    const data = await textOf(body, config.maxContentLength ?? Infinity);
    return { data, status: statusCode, statusText: '', headers: headers as Record<string, string>, config };
  };
  return { adapter, close: () => dispatcher.close() };
}

/** The body as a text; refused while it arrives when it grows too long, in the words that axios has for that. */
async function textOf(body: AsyncIterable<Buffer> & { text(): Promise<string> }, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxBytes) throw new Error(`maxContentLength size of ${maxBytes} exceeded`);
    parts.push(part);
  }
  return (parts.length === 1 ? parts[0] : Buffer.concat(parts))?.toString('utf8') ?? '';
}
