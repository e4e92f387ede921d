import type { ConfirmType, EmployeeType, RecaptchaType } from './enums.js';

/** An `Auth` link taken apart: logs in instead of a password. Used up by a login that completes without a second factor. */
export interface ConfirmData {
  /** The e-mail address the link was sent to. */
  email?: string | null;
  /** The link's `first` parameter, as a boolean. */
  first?: boolean | null;
  /** The link's key. */
  key?: string | null;
}

/** The body of a login. A portal ignores what it does not know and refuses wrong types. */
export interface AuthRequestsDto {
  /** The e-mail address, or the user's GUID. Not trimmed by the portal. */
  userName?: string | null;
  /** The password in plain text; trimmed by the portal, and unused where `passwordHash` is given. */
  password?: string | null;
  /** The PBKDF2 hash of the password, lower-case hex. As good as the password itself for that portal. */
  passwordHash?: string | null;
  /** The key of a social provider; `email` means a password login. */
  provider?: string | null;
  /** The social provider's access token. */
  accessToken?: string | null;
  /** A social profile in the portal's transport encoding. */
  serializedProfile?: string | null;
  /** The social provider's authorization code. */
  codeOAuth?: string | null;
  /** True for a cookie that ends with the browser; the answer then names no expiry. Default false. */
  session?: boolean;
  /** Logs in by an `Auth` link; everything else is then ignored for finding the user. */
  confirmData?: ConfirmData;
  /** Which captcha was solved. */
  recaptchaType?: RecaptchaType;
  /** The captcha's solution. */
  recaptchaResponse?: string | null;
  /** An enabled culture, such as `de`; changes the user's own. Unknown values are ignored. */
  culture?: string | null;
}

/** The body of `setphone`. */
export interface MobileRequestsDto {
  /** The phone number; the portal strips everything but digits. */
  mobilePhone?: string | null;
}

/** A confirmation link's parameters, to be checked. */
export interface EmailValidationKeyModel {
  /** The link's key. */
  key?: string | null;
  /** The invited user's kind, for invitations. */
  emplType?: EmployeeType;
  /** The e-mail address; an empty one is left out, since a portal refuses it. */
  email?: string | null;
  /** The e-mail address as the portal encrypted it, from the link. */
  encEmail?: string | null;
  /** The user's GUID, hyphenated. */
  uiD?: string | null;
  /** What the link is for. */
  type?: ConfirmType;
  /** The link's `first` parameter; a string here. */
  first?: string | null;
  /** The room of an invitation. */
  roomId?: string | null;
}
