import { parseCookie } from 'cookie';
import type { DocSpaceCredentialReader, DocSpaceRequest } from '../docspace-auth.options.js';
import { DocSpaceCredentials } from './credentials.js';

const BARE_SCHEME = /^(bearer|basic)$/i;

/** `Authorization: Bearer …`, `Basic …`, or the bare token, as a portal itself takes them. Schemes in any case (RFC 9110 section 11.1). */
export function readAuthorization({ headers }: DocSpaceRequest): DocSpaceCredentials | undefined {
  const value = headers.authorization;
  if (typeof value !== 'string' || value === '') return undefined;
  if (value.startsWith('Bearer ')) return ofBearer(value.slice(7).trim());
  const blank = value.indexOf(' ');
  // A scheme with nothing behind it, as of a page that has no token, must not hide a good cookie.
  if (blank < 0) return BARE_SCHEME.test(value) ? undefined : DocSpaceCredentials.presented('token', value);
  const scheme = value.slice(0, blank).toLowerCase();
  const rest = value.slice(blank + 1).trim();
  if (scheme === 'bearer') return ofBearer(rest);
  return scheme === 'basic' ? ofBasic(rest) : undefined;
}

/** The cookie of that name, percent-decoded. */
export function cookieReader(name: string): DocSpaceCredentialReader {
  return ({ headers }) => {
    const { cookie } = headers;
    if (typeof cookie !== 'string' || !cookie.includes(name)) return undefined;
    const value = parseCookie(cookie, AS_IT_IS)[name];
    return value ? DocSpaceCredentials.presented('token', decoded(value)) : undefined;
  };
}

/** Only the one cookie is decoded, not all of them. */
const AS_IT_IS = { decode: (value: string): string => value };

function decoded(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function ofBearer(value: string): DocSpaceCredentials | undefined {
  if (value === '') return undefined;
  if (value.startsWith('sk-')) return DocSpaceCredentials.presented('api-key', value);
  return DocSpaceCredentials.presented(value.includes('.') ? 'jwt' : 'token', value);
}

/** Strict, since a portal answers 500 to what it cannot decode (BasicAuthHandler.cs). */
function ofBasic(value: string): DocSpaceCredentials | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined;
  return DocSpaceCredentials.presented('basic', Buffer.from(value, 'base64').toString('utf8'));
}
