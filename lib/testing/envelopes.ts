import { answer, clearedAnswer, emptyAnswer, jsonType, problemType, type Answer } from './answer.js';
import type { Exchange } from './exchange.js';
import type { PortalFailure } from './failure.js';
import { printJson } from './json.js';

/** What an action gives back; `response` undefined is left out of the envelope. */
export interface Result {
  readonly response?: unknown;
  readonly status?: number;
  /** Set by actions whose answer is no envelope. */
  readonly bare?: boolean;
  /** Set by actions whose answer has no body. */
  readonly empty?: boolean;
  readonly headers?: string[];
}

// Stacks are printed in production too; their content is nobody's business, their several lines are.
const stack = '   at ASC.Web.Api.Emulated()\n   at ASC.Api.Core.Emulated()';

const titles: Readonly<Record<number, readonly [section: string, title: string]>> = {
  400: ['15.5.1', 'One or more validation errors occurred.'],
  403: ['15.5.4', 'Forbidden'],
  404: ['15.5.5', 'Not Found'],
  415: ['15.5.16', 'Unsupported Media Type'],
};

/** Shape A: the success envelope, members in printed order, nulls left out. */
export function success(exchange: Exchange, result: Result): Answer {
  const { response, status = 200, headers } = result;
  if (result.empty === true) return emptyAnswer(exchange, status, headers);
  const kept = pruned(response, exchange.parameter('fields'));
  if (result.bare === true) return answer(exchange, status, jsonType, printJson(kept), headers);
  const printed = kept === undefined ? '' : `"response":${printJson(kept)},`;
  const body = `{${printed}"count":${countOf(kept)},${links(exchange)},"status":0,"statusCode":${status}}`;
  return answer(exchange, status, jsonType, body, headers);
}

/** Shape B: the error envelope, nulls printed. */
export function failed(exchange: Exchange, { status, message, exception }: PortalFailure): Answer {
  const { type = null, hresult = 0 } = exception ?? {};
  const error = { message, type, stack: exception ? stack : null, hresult };
  return clearedAnswer(exchange, status, printJson({ error, status: 1, statusCode: status }));
}

/** Shape C: a problem document inside a success envelope. A 415 calls itself a success. */
export function wrappedProblem(exchange: Exchange, status: 400 | 415, errors?: Record<string, string[]>): Answer {
  const [type, title] = typeAndTitle(status);
  const response = printJson({ type, title, status, errors, traceId: traceId(exchange) });
  const claimed = status === 415 ? '"status":0,"statusCode":200' : '"status":1,"statusCode":400';
  return answer(exchange, status, problemType, `{"response":${response},"count":1,${links(exchange)},${claimed}}`);
}

/** Shape D: a bare problem document. 402 has neither type nor title. */
export function bareProblem(exchange: Exchange, status: 402 | 403 | 404): Answer {
  const [type, title] = typeAndTitle(status);
  return answer(exchange, status, problemType, printJson({ type, title, status, traceId: traceId(exchange) }));
}

function typeAndTitle(status: number): readonly [type: string | undefined, title: string | undefined] {
  const [section, title] = titles[status] ?? [];
  return [section && `https://tools.ietf.org/html/rfc9110#section-${section}`, title];
}

function traceId({ installation }: Exchange): string {
  const hex = installation.random(24).toString('hex');
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-00`;
}

/** The one link of every envelope: the un-escaped path and the raw query. */
function links({ scheme, host, path, query, method }: Exchange): string {
  return `"links":[{"href":${printJson(`${scheme}://${host}${unescapedPath(path)}${query}`)},"action":"${method}"}]`;
}

function unescapedPath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path.replace(/%2f/gi, '%252F'));
  } catch {
    return path;
  }
}

function countOf(response: unknown): number {
  if (response === undefined) return 0;
  return Array.isArray(response) ? response.length : 1;
}

// `?fields=` works on every endpoint (DynamicIgnoreResolver.cs).
function pruned(response: unknown, fields: string | undefined): unknown {
  if (fields === undefined || typeof response !== 'object' || response === null) return response;
  if (Array.isArray(response)) return response.map((item: unknown) => pruned(item, fields));
  const wanted = new Set(fields.toLowerCase().split(','));
  return Object.fromEntries(Object.entries(response).filter(([name]) => wanted.has(name.toLowerCase())));
}
