import type { IncomingHttpHeaders } from 'node:http';
import type { DocSpaceRequest } from '../docspace-auth.options.js';

/** A request as guards see it. */
export interface GuardedRequest extends DocSpaceRequest {
  /** Over HTTP; `CONNECT` for the handshake of a connection that lasts. */
  method?: string;
  /** Set by guards. */
  user?: unknown;
  /** As the platform parsed it; read by a login only. */
  body?: unknown;
}

/** Schemes that a client may have written before its credentials. */
const SCHEME = /^(bearer|basic) /i;

/**
 * A view of a handshake for one message. Browsers open connections across sites and add cookies to them, so it is a
 * CONNECT, which is no safe method, as it is over HTTP/2 (RFC 8441 section 4). All else is the handshake's own.
 * @param authorization what the client said beside the headers; wins over the header
 */
export function handshakeRequest(handshake: DocSpaceRequest, authorization?: unknown): GuardedRequest {
  const headers: IncomingHttpHeaders =
    typeof authorization === 'string' && authorization !== ''
      ? { ...handshake.headers, authorization: SCHEME.test(authorization) ? authorization : `Bearer ${authorization}` }
      : handshake.headers;
  return Object.create(handshake, {
    headers: { value: headers, enumerable: true },
    method: { value: 'CONNECT', enumerable: true },
    user: NOBODY,
  }) as GuardedRequest;
}

/** A view of whatever an application's own reader found: it may be a connection's object, kept from message to message. */
export const messageRequest = (request: DocSpaceRequest): GuardedRequest =>
  Object.create(request, { user: NOBODY }) as GuardedRequest;

const NOBODY = { value: undefined, writable: true, enumerable: true };
