import type { Portal } from './portal.js';
import { passwordHash } from './password-hash.js';
import { currentCode, fromBase32 } from './totp.js';
import type { DocSpaceEmulatorUser } from './user.js';

/** A user whose optional members are filled in. */
export type CompleteUser = DocSpaceEmulatorUser & { id: string; tfaKey: string; backupCodes: readonly string[] };

/** An account that lives in an emulated portal. Its members may be changed; answers follow at once. */
export class DocSpaceEmulatorAccount {
  /** The identifier, a GUID. */
  readonly id: string;
  /** The e-mail address, which is also the login name. */
  email: string;
  /** The first name. */
  firstName: string;
  /** The last name. */
  lastName: string;
  /** The phone as it is stored. */
  phone: string;
  /** Whether the phone was confirmed by a code. */
  phoneActivated: boolean;
  /** The second factor of this account; undefined follows the portal. */
  secondFactor: DocSpaceEmulatorUser['secondFactor'];
  /** Whether an authenticator app is connected. */
  appEnrolled: boolean;
  /** The authenticator's secret in base32. */
  tfaKey: string;
  /** The backup codes that were not used yet. */
  backupCodes: string[];
  /** Whether the account is in use. */
  status: 'active' | 'disabled' | 'pending';
  /** Whether the e-mail address was confirmed: 0 no, 1 yes, 2 pending. */
  activationStatus: 0 | 1 | 2;
  /** What the account may do. */
  role: 'admin' | 'room-admin' | 'user' | 'guest';
  /** Whether the account owns the portal. */
  isOwner: boolean;
  /** Whether the account comes from LDAP. */
  ldap: boolean;
  /** Whether the account signs in by SSO. */
  sso: boolean;
  /** Linked social profiles, as `provider:id`. */
  readonly linkedProfiles: Set<string>;
  /** The account's own language. */
  culture: string | undefined;
  /** Counts up whenever all tokens of the account die; part of every token. */
  tokenIndex = 0;
  /** When the password was set; part of every link that changes it. */
  passwordChangedAt: number;
  /** When the account was made. */
  readonly registeredAt: number;

  readonly #portal: Portal;
  #password: string | undefined;
  #hash: string | undefined;

  constructor(user: CompleteUser, portal: Portal) {
    this.#portal = portal;
    this.#password = user.password;
    this.#hash = user.passwordHash;
    this.id = user.id;
    this.email = user.email;
    this.firstName = user.firstName ?? 'Test';
    this.lastName = user.lastName ?? 'User';
    this.phone = user.phone ?? '';
    this.phoneActivated = user.phoneActivated ?? this.phone !== '';
    this.secondFactor = user.secondFactor;
    this.appEnrolled = user.appEnrolled ?? false;
    this.tfaKey = user.tfaKey;
    this.backupCodes = this.appEnrolled ? [...user.backupCodes] : [];
    this.status = user.status ?? 'active';
    this.activationStatus = user.activated === undefined ? (this.status === 'pending' ? 2 : 1) : user.activated ? 1 : 0;
    this.isOwner = user.isOwner ?? false;
    this.role = roleOf(user);
    this.ldap = user.ldap ?? false;
    this.sso = user.sso ?? false;
    this.linkedProfiles = new Set(user.linkedProfiles);
    this.culture = user.culture;
    this.registeredAt = this.passwordChangedAt = portal.now();
  }

  /** The password in plain text, when it is known. */
  get password(): string | undefined {
    return this.#password;
  }

  /** The password's hash under the portal's parameters, as a client would send it. */
  get passwordHash(): string | undefined {
    if (this.#hash === undefined && this.#password !== undefined) {
      this.#hash = passwordHash(this.#password, this.#portal.passwordParameters);
    }
    return this.#hash;
  }

  /** Gives the account another password. */
  setPassword(password: string): void {
    this.#password = password;
    this.#hash = undefined;
    this.passwordChangedAt = this.#portal.now();
  }

  /** Whether this plain password is the account's; no hash is computed when the plain text is known. */
  hasPassword(password: string): boolean {
    if (this.#password !== undefined) return this.#password.trim() === password;
    return this.#hash !== undefined && passwordHash(password, this.#portal.passwordParameters) === this.#hash;
  }

  /** The six digits that this account's authenticator app shows now. */
  appCode(): string {
    return currentCode(fromBase32(this.tfaKey), this.#portal.now());
  }
}

function roleOf(user: DocSpaceEmulatorUser): DocSpaceEmulatorAccount['role'] {
  if (user.isAdmin === true || user.isOwner === true) return 'admin';
  if (user.isRoomAdmin === true) return 'room-admin';
  return user.isGuest === true ? 'guest' : 'user';
}
