import type { DocSpaceEmulator, DocSpaceEmulatorAccount } from 'nestjs-docspace-auth/testing';

/** An account that anybody may try; its password is no secret. */
export interface DemoAccount {
  readonly email: string;
  readonly password: string;
  /** What signing in with it shows. */
  readonly shows: string;
}

/** The accounts of the embedded emulator, with what each is good for. */
export const demoAccounts = (emulator: DocSpaceEmulator): DemoAccount[] =>
  emulator.users.all().map((account) => ({
    email: account.email,
    password: account.password ?? '',
    shows: whatItShows(account),
  }));

function whatItShows({ status, secondFactor, phoneActivated, appEnrolled, role }: DocSpaceEmulatorAccount): string {
  if (status === 'disabled') return 'is disabled and gets in nowhere';
  if (secondFactor === 'sms')
    return phoneActivated ? 'is asked for a code from an SMS' : 'has to name a phone, then gets an SMS';
  if (secondFactor === 'app')
    return appEnrolled ? 'is asked for a code from an app, or a backup code' : 'has to set up an authenticator app';
  return role === 'admin' ? 'administers the portal; a password is enough' : 'signs in with a password alone';
}
