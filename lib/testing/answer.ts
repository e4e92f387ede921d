import type { Exchange } from './exchange.js';

/** An answer before it is sent: header names and values alternate, as `writeHead` takes them. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

export const jsonType = 'application/json; charset=utf-8';
export const problemType = 'application/problem+json; charset=utf-8';

/** An answer that keeps the Set-Cookie lines and the challenge collected on the way. */
export function answer(exchange: Exchange, status: number, type: string, body: string, extra: string[] = []): Answer {
  const headers = commonHeaders(exchange, type, body);
  if (exchange.inAction) headers.push('api-supported-versions', '2.0');
  if (exchange.challenge) headers.push('WWW-Authenticate', 'Basic');
  for (const line of exchange.setCookies) headers.push('Set-Cookie', line);
  headers.push(...extra);
  return { status, headers, body };
}

/** The answer to an exception: the handler clears every header that was set before it (ResponseWrapper.cs). */
export function clearedAnswer(exchange: Exchange, status: number, body: string): Answer {
  const headers = commonHeaders(exchange, jsonType, body);
  if (exchange.inAction) headers.push('api-supported-versions', '2.0');
  headers.push('Cache-Control', 'no-cache,no-store', 'Pragma', 'no-cache', 'Expires', '-1');
  return { status, headers, body };
}

/** An answer without a body. */
export const emptyAnswer = (exchange: Exchange, status: number, extra: string[] = []): Answer =>
  answer(exchange, status, '', '', extra);

function commonHeaders(exchange: Exchange, type: string, body: string): string[] {
  const headers = type === '' ? [] : ['Content-Type', type];
  const took = Math.max(0, Math.floor(exchange.installation.clock() - exchange.startedAt));
  headers.push(
    'Content-Length',
    String(Buffer.byteLength(body)),
    'Server',
    'Kestrel',
    'Server-Timing',
    `aspnetcore-request-time;dur=${took}ms`,
  );
  const cors = exchange.maybePortal?.settings.cors ?? true;
  if (cors && exchange.headers.origin !== undefined) headers.push('Access-Control-Allow-Origin', '*');
  return headers;
}
