import { inspect } from 'node:util';
import { ConfirmType, type EmployeeType } from './enums.js';

/** The parameters of a confirmation link. */
export interface DocSpaceConfirmationParts {
  /** What the link is for. */
  type: ConfirmType;
  /** The link's key. */
  key: string;
  /** The user's GUID. */
  uid?: string;
  /** The e-mail address. */
  email?: string;
  /** The e-mail address as the portal encrypted it. */
  encemail?: string;
  /** The invited user's kind. */
  emplType?: EmployeeType;
  /** The link's `first` parameter. */
  first?: string;
}

/** As a header; a URL's query holds visible ASCII alone, which needs no encoding there (RFC 9110 section 5.5). */
const MAX_LENGTH = 4096;

/**
 * A confirm link taken apart, and the `confirm` header made from it. Acts as the link's user, so it never travels
 * together with credentials.
 *
 * A value object. Its key appears neither in `toString()`, `toJSON()` nor `util.inspect()`.
 */
export class DocSpaceConfirmation {
  /** What the link is for. */
  readonly type: ConfirmType;
  readonly #query: string;

  private constructor(type: ConfirmType, query: string) {
    this.type = type;
    this.#query = query;
  }

  /**
   * From the `confirmUrl` that a login answered. The header is what stands behind the `?`, to the letter.
   * @throws TypeError when it is no URL with a known `type`; the message does not repeat it.
   */
  static fromUrl(confirmUrl: string | URL): DocSpaceConfirmation {
    const text = String(confirmUrl);
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const query = url?.search.slice(1) ?? '';
    const type = new URLSearchParams(query).get('type');
    if (!isConfirmType(type)) throw new TypeError('confirmUrl: must be an absolute URL with a known "type" parameter');
    if (query.length > MAX_LENGTH) throw new TypeError('confirmUrl: the query must have at most 4096 characters');
    return new DocSpaceConfirmation(type, query);
  }

  /**
   * From the link's parameters.
   * @throws TypeError when the type is unknown, the key is missing or another is no string; the message repeats none.
   */
  static of(parts: DocSpaceConfirmationParts): DocSpaceConfirmation {
    if (!isConfirmType(parts.type)) throw new TypeError(`type: must be one of ${Object.keys(ConfirmType).join(', ')}`);
    if (typeof parts.key !== 'string' || parts.key === '') throw new TypeError('key: must be a non-empty string');
    const { type, key, emplType, email, uid, first, encemail } = parts;
    const query = Object.entries({ type, key, emplType, email, uid, first, encemail })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${encoded(name, value)}`)
      .join('&');
    if (query.length > MAX_LENGTH) throw new TypeError('confirmation: must come to at most 4096 characters');
    return new DocSpaceConfirmation(type, query);
  }

  /** The one request header that carries this confirmation to a portal. */
  headers(): Record<string, string> {
    return { confirm: this.#query };
  }

  /** Names the type only. */
  toString(): string {
    return `DocSpaceConfirmation(${this.type})`;
  }

  /** Holds the type only. */
  toJSON(): Pick<DocSpaceConfirmation, 'type'> {
    return { type: this.type };
  }

  /** Names the type only. */
  [inspect.custom](): string {
    return this.toString();
  }
}

function isConfirmType(value: string | null): value is ConfirmType {
  return value !== null && Object.hasOwn(ConfirmType, value);
}

/** Percent-encoded; half a surrogate pair has no such encoding. */
function encoded(name: string, value: unknown): string {
  if (typeof value !== 'string' || /\p{Surrogate}/u.test(value))
    throw new TypeError(`${name}: must be a string of whole characters`);
  return encodeURIComponent(value);
}
