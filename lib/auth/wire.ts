import type { PortalAnswer } from './transport.js';
import type { DocSpaceWrapper } from './responses.js';

/** A problem document's body, RFC 9457, in or out of an envelope. */
type Json = Record<string, unknown>;

/**
 * An answer's body by shape, as section names of the portal's pipeline go: A `value`, B `error`, C `invalid`,
 * D `problem`, E `empty`, `text` and `html`; `other` is JSON of somebody else. Told apart by content, since a portal's
 * content types mislead.
 */
export type WireBody =
  | { shape: 'value'; envelope: DocSpaceWrapper<unknown> }
  | { shape: 'error'; type: string }
  | { shape: 'invalid'; fields: string[] }
  | { shape: 'problem' }
  | { shape: 'empty' | 'text' | 'html' | 'other' };

/** Tells the shape of an answer's body. Never throws, and keeps none of the portal's localised texts. */
export function readBody({ text, status }: PortalAnswer): WireBody {
  const trimmed = text.trim();
  if (trimmed === '') return { shape: 'empty' };
  if (trimmed.startsWith('<')) return { shape: 'html' };
  const json = parse(trimmed);
  if (json === undefined || typeof json === 'string') return { shape: 'text' };
  if (!isObject(json)) return { shape: 'other' };
  const body = camelCased(json);
  if (isObject(body['error'])) return { shape: 'error', type: textOf(camelCased(body['error'])['type']) };
  const inner = isObject(body['response']) ? camelCased(body['response']) : {};
  if (status >= 400 && isProblem(inner)) return { shape: 'invalid', fields: fieldsOf(inner['errors']) };
  if (isProblem(body) && !('response' in body)) return { shape: 'problem' };
  if ('response' in body || 'statusCode' in body) return { shape: 'value', envelope: envelopeOf(body) };
  return { shape: 'other' };
}

function envelopeOf(body: Json): DocSpaceWrapper<unknown> {
  const envelope: DocSpaceWrapper<unknown> = {};
  const { response, count, links, status, statusCode } = body;
  if (response !== undefined && response !== null)
    envelope.response = isObject(response) ? camelCased(response) : response;
  if (typeof count === 'number') envelope.count = count;
  if (Array.isArray(links)) envelope.links = links.filter(isObject);
  if (typeof status === 'number') envelope.status = status;
  if (typeof statusCode === 'number') envelope.statusCode = statusCode;
  return envelope;
}

/** A problem has a numeric status besides a title, a type or a trace; an envelope's status is 0 or 1. */
const isProblem = (body: Json): boolean =>
  typeof body['status'] === 'number' &&
  body['status'] >= 400 &&
  ['title', 'type', 'traceId'].some((name) => name in body);

/** The fields' names only, and only such as look like names: a portal's texts repeat what was sent. */
const fieldsOf = (errors: unknown): string[] =>
  isObject(errors)
    ? Object.keys(errors)
        .filter((name) => /^[\w$.]{1,64}$/.test(name))
        .slice(0, 8)
    : [];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Documentation prints `Token` and `Expires`, portals print `token` and `expires`. */
function camelCased(body: Json): Json {
  if (!Object.keys(body).some(isCapitalised)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
}

/** By its first letter; a portal's names are ASCII. */
function isCapitalised(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 65 && first <= 90;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
