import { DocSpaceEmulatorAccount, type CompleteUser } from './account.js';
import type { Portal } from './portal.js';
import { base32 } from './totp.js';
import type { DocSpaceEmulatorUser } from './user.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The accounts of an emulated portal. */
export class DocSpaceEmulatorUsers {
  readonly #portal: Portal;
  readonly #byId = new Map<string, DocSpaceEmulatorAccount>();

  constructor(portal: Portal) {
    this.#portal = portal;
  }

  /** Puts an account into the portal; an e-mail address lives once. */
  add(user: DocSpaceEmulatorUser): DocSpaceEmulatorAccount {
    if (this.get(user.email)) throw new TypeError(`The emulator has a user ${user.email} already.`);
    const account = new DocSpaceEmulatorAccount(completeUser(user, this.#portal.random), this.#portal);
    this.#byId.set(account.id, account);
    return account;
  }

  /** The account with this e-mail address, whatever the case, or with this identifier. */
  get(login: string): DocSpaceEmulatorAccount | undefined {
    const wanted = login.toLowerCase();
    return this.byId(wanted) ?? this.all().find(({ email }) => email.toLowerCase() === wanted);
  }

  /** The account with this identifier. */
  byId(id: string): DocSpaceEmulatorAccount | undefined {
    return this.#byId.get(id);
  }

  /** Every account, in the order they were added. */
  all(): DocSpaceEmulatorAccount[] {
    return [...this.#byId.values()];
  }

  /** Takes an account out of the portal; its tokens die with it. */
  remove(login: string): boolean {
    const account = this.get(login);
    return account !== undefined && this.#byId.delete(account.id);
  }
}

/** Fills in what a user left open, so that a reset brings the same identifiers and secrets back. */
export function completeUser(user: DocSpaceEmulatorUser, random: (size: number) => Buffer): CompleteUser {
  return {
    ...user,
    id: user.id?.toLowerCase() ?? randomGuid(random),
    tfaKey: user.tfaKey ?? base32(Buffer.from(randomText(random, 10), 'latin1')),
    backupCodes: user.backupCodes ?? newBackupCodes(random),
  };
}

/** Five backup codes of six characters, made when an authenticator is first confirmed (TfaAppUserSettings.cs). */
export const newBackupCodes = (random: (size: number) => Buffer): string[] =>
  Array.from({ length: 5 }, () => randomText(random, 6));

export function randomGuid(random: (size: number) => Buffer): string {
  const hex = random(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const randomText = (random: (size: number) => Buffer, size: number): string =>
  [...random(size)].map((byte) => letters.charAt(byte % letters.length)).join('');
