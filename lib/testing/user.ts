import type { DocSpaceEmulatorSecondFactor } from './emulator.options.js';

/** An account to put into the emulator; only the e-mail address is needed. */
export interface DocSpaceEmulatorUser {
  /** The e-mail address, which is also the login name. */
  email: string;
  /** The password in plain text; without one, nobody logs in by password. */
  password?: string;
  /** The password's hash, for accounts whose password is not known. */
  passwordHash?: string;
  /** The identifier, a GUID (random). */
  id?: string;
  /** The first name (`Test`). */
  firstName?: string;
  /** The last name (`User`). */
  lastName?: string;
  /** The phone, in digits: a portal never accepts codes for a phone stored with a plus. */
  phone?: string;
  /** Whether the phone was confirmed by a code (true when a phone is given). */
  phoneActivated?: boolean;
  /** The second factor of this account, whatever the portal asks of the others. */
  secondFactor?: DocSpaceEmulatorSecondFactor;
  /** Whether an authenticator app is connected already (false). */
  appEnrolled?: boolean;
  /** The authenticator's secret in base32 (random). */
  tfaKey?: string;
  /** The backup codes of a connected authenticator (random). */
  backupCodes?: readonly string[];
  /** What the account may do: the portal's administrator. */
  isAdmin?: boolean;
  /** Whether the account owns the portal. */
  isOwner?: boolean;
  /** Whether the account administers rooms. */
  isRoomAdmin?: boolean;
  /** Whether the account is a guest. */
  isGuest?: boolean;
  /** Whether the account is in use (`active`). */
  status?: 'active' | 'disabled' | 'pending';
  /** Whether the e-mail address was confirmed (true). */
  activated?: boolean;
  /** Whether the account comes from LDAP, where only a plain password works. */
  ldap?: boolean;
  /** Whether the account signs in by SSO. */
  sso?: boolean;
  /** Social profiles linked to the account, as `provider:id`. */
  linkedProfiles?: readonly string[];
  /** The account's own language. */
  culture?: string;
}
