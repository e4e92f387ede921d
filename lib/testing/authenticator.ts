import type { DocSpaceEmulatorAccount } from './account.js';
import { newBackupCodes } from './accounts.js';
import { argument, plain, refused } from './failure.js';
import type { Portal } from './portal.js';
import { acceptsCode, fromBase32 } from './totp.js';

const windowMs = 60_000;

/** Uses an authenticator's code, or one of the backup codes; the first good code connects the app (TfaManager.cs). */
export function redeemAppCode(
  portal: Portal,
  account: DocSpaceEmulatorAccount,
  code: string,
  { backupCodes }: { backupCodes: boolean },
): { firstTime: boolean } {
  if (code === '') throw plain('Value cannot be null.');
  const attempts = countAttempt(portal, account);
  if (attempts.length > portal.settings.loginSettings.attemptCount) {
    throw refused(403, 'Too many login attempts. Please try again later');
  }
  const right = acceptsCode(fromBase32(account.tfaKey), code, portal.now());
  if (!right && !(backupCodes && redeemBackupCode(account, code))) throw argument('Incorrect code');
  attempts.pop();
  if (account.appEnrolled) return { firstTime: false };
  account.appEnrolled = true;
  account.backupCodes = newBackupCodes(portal.random);
  return { firstTime: true };
}

/** Counts per user; every attempt renews the minute. */
function countAttempt(portal: Portal, { id }: DocSpaceEmulatorAccount): number[] {
  const now = portal.now();
  const known = portal.appAttempts.get(id) ?? [];
  const last = known.at(-1) ?? -Infinity;
  const attempts = last > now - windowMs ? known : [];
  attempts.push(now);
  portal.appAttempts.set(id, attempts);
  return attempts;
}

function redeemBackupCode(account: DocSpaceEmulatorAccount, code: string): boolean {
  const index = account.backupCodes.indexOf(code);
  if (index >= 0) account.backupCodes.splice(index, 1);
  return index >= 0;
}
