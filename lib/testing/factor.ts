import type { DocSpaceEmulatorAccount } from './account.js';
import type { Exchange } from './exchange.js';

/** The second factor a portal asks of a user: mandatory users always, others not from trusted addresses. */
export function factorOf(
  { portal, clientAddress }: Exchange,
  account: DocSpaceEmulatorAccount,
): 'none' | 'sms' | 'app' {
  const { secondFactor, trustedIps, mandatoryUsers } = portal.settings;
  const skipped = trustedIps.includes(clientAddress) && !mandatoryUsers.includes(account.id);
  return skipped ? 'none' : (account.secondFactor ?? secondFactor);
}
