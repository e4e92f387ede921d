import type { DocSpaceEmulatorAccount } from './account.js';
import type { Exchange } from './exchange.js';
import { accessDenied } from './failure.js';

/** The user of an action that only signed-in users reach. */
export function signedIn({ caller }: Exchange): DocSpaceEmulatorAccount {
  if (!caller) throw new Error('An action for signed-in users ran without one.');
  return caller.account;
}

/** The administrator of an action that others may call, but not perform. */
export function requireAdmin(exchange: Exchange): DocSpaceEmulatorAccount {
  const account = signedIn(exchange);
  if (account.role !== 'admin') throw accessDenied();
  return account;
}
