import type { ValidationResult } from './enums.js';

/** Where an answer came from, as the portal sees it. */
export interface DocSpaceLink {
  /** The request's URL. */
  href?: string;
  /** The request's method. */
  action?: string;
}

/** The envelope around every answer. */
export interface DocSpaceWrapper<T> {
  /** The answer itself; absent where the portal has none. */
  response?: T;
  /** How many items `response` holds; 0 without one. */
  count?: number;
  /** One link: the request itself. */
  links?: DocSpaceLink[];
  /** 0 for success. */
  status?: number;
  /** The HTTP status, repeated. */
  statusCode?: number;
}

/** What a login answers. Only a `token` means logged in; a 200 with `sms` or `tfa` and no token asks for the second step. */
export interface AuthenticationTokenDto {
  /** The authentication token; absent while a second step is open. */
  token?: string;
  /** When the token, or the SMS code, expires (ISO 8601, UTC); absent where the portal names none. */
  expires?: string;
  /** The second factor is an SMS code. */
  sms?: boolean;
  /** The phone number, masked. */
  phoneNoise?: string | null;
  /** The second factor is an authenticator app. */
  tfa?: boolean;
  /** The secret to enrol an authenticator app with, base32. */
  tfaKey?: string | null;
  /** The link that confirms the second step. */
  confirmUrl?: string | null;
}

/** What checking a confirmation link answers. An expired or invalid link is an answer, not an error. */
export interface ConfirmDto {
  /** 0 for a good link; see `ValidationResult`. */
  result?: ValidationResult;
  /** The room of an invitation. */
  roomId?: string | null;
  /** The room's title. */
  title?: string | null;
  /** The user's e-mail address; only with a good link. */
  email?: string | null;
  /** Whether the room is an agent's. */
  isAgent?: boolean;
}

/** The answer of a login, of `setphone` and of `sendsms`. */
export type AuthenticationTokenWrapper = DocSpaceWrapper<AuthenticationTokenDto>;
/** The answer of `confirm`. */
export type ConfirmWrapper = DocSpaceWrapper<ConfirmDto>;
/** The answer of is-authenticated. */
export type BooleanWrapper = DocSpaceWrapper<boolean>;
/** The answer of `logout`: the single log-out URL, where there is one. */
export type StringWrapper = DocSpaceWrapper<string>;
