import type { DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { Portal } from './portal.js';

/** What a call to the portal tries. All but `phone` make it check the password, for the second time too. */
export type Tried = 'login' | 'app-code' | 'sms-code' | 'resend' | 'phone';

/** Who tries what. */
export interface Attempt {
  readonly portal: Portal;
  readonly tried: Tried;
  /** The login name whose password is checked; empty where a link or a social account logs in. */
  readonly login: string;
  /** Whom the code is for; the portal counts codes by user, whatever name and address he came by. */
  readonly user: string;
  readonly address: string | undefined;
}

/** So many, counted under a name, until it was quiet for so long. */
export interface Limit {
  readonly name: string;
  readonly attempts: number;
  readonly windowMs: number;
  /** Whether a success takes back its own attempt. */
  readonly isForgiving: boolean;
}

/** SMS codes live so long, and wrong ones are remembered as long (`sms:keystore`, SmsKeyStorage.cs). */
const SMS_MS = 600_000;
/** The portal refuses the sixth wrong code of a phone (`sms:keycount`), and the seventh that is to be sent. */
const SMS_ATTEMPTS = 4;

/**
 * Every limit that an attempt counts against; none while throttling is off. A wrong code counts as a wrong password too:
 * the portal answers both alike, and counts the latter.
 */
export function limitsOf(attempt: Attempt, { loginThrottle, timeoutMs }: DocSpaceAuthConfig): Limit[] {
  if (!loginThrottle) return [];
  const { tried, login } = attempt;
  const { attempts } = loginThrottle;
  // The portal counts an attempt when it arrives, which may be that much later than here.
  const windowMs = loginThrottle.windowMs + timeoutMs;
  const smsMs = Math.max(windowMs, SMS_MS + timeoutMs);
  const limit = (name: string, most = attempts, ms = windowMs, isForgiving = true): Limit => ({
    name,
    attempts: most,
    windowMs: ms,
    isForgiving,
  });
  const password = login === '' || tried === 'phone' ? [] : [limit(`password\n${who(attempt)}`)];
  switch (tried) {
    case 'login':
      return password;
    case 'app-code':
      return [...password, limit(`app\n${user(attempt)}`)];
    case 'sms-code':
      return [...password, limit(`sms\n${user(attempt)}`, Math.min(attempts, SMS_ATTEMPTS), smsMs)];
    case 'resend':
    case 'phone':
      return [...password, limit(`sent\n${user(attempt)}`, SMS_ATTEMPTS, smsMs, false)];
  }
}

/** The name under which the portal's own lock-out is remembered. */
export const lockOf = (attempt: Attempt): string => `locked\n${who(attempt)}`;

/** The portal lowers the case of a login before it counts (BruteForceLoginManager.cs), by login and address. */
const who = ({ portal, login, address }: Attempt): string =>
  [portal.name, address ?? '', login.toLowerCase()].join('\n');

const user = (attempt: Attempt): string => [attempt.portal.name, attempt.user.toLowerCase()].join('\n');
