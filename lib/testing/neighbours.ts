import type { Exchange } from './exchange.js';
import type { DocSpaceEmulatorAccount } from './account.js';
import { capabilities, portalSettings } from './portal-info.js';
import { profile } from './profile.js';
import type { Route } from './routes.js';

/** The signed-in user of an action that only signed-in users reach. */
export function signedIn({ caller }: Exchange): DocSpaceEmulatorAccount {
  if (!caller) throw new Error('An action for signed-in users ran without one.');
  return caller.account;
}

/** Endpoints that are not about authentication, but that its clients read. */
export const neighbourRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/2.0/people/@self',
    access: 'signed-in',
    scopes: ['accounts.self:read', 'accounts.self:write'],
    run: ({ exchange }) => ({ response: profile(exchange, signedIn(exchange)) }),
  },
  {
    method: 'GET',
    path: '/api/2.0/settings',
    access: 'anonymous',
    whenSuspended: true,
    whenUnpaid: true,
    run: ({ exchange }) => ({ response: portalSettings(exchange) }),
  },
  {
    method: 'GET',
    path: '/api/2.0/capabilities',
    access: 'anonymous',
    whenUnpaid: true,
    run: ({ exchange }) => ({ response: capabilities(exchange) }),
  },
];
