import { connectionRoutes } from './connections.js';
import { identityRoutes } from './identity.js';
import { loginSettingsRoutes } from './login-settings.js';
import { peopleRoutes } from './people.js';
import { capabilities, portalSettings } from './portal-info.js';
import { registrationRoutes } from './registration.js';
import type { Route } from './routes.js';
import { tfaSettingsRoutes } from './tfa-settings.js';

/** Endpoints that are not the Authentication API, but that its clients and administrators use. */
export const neighbourRoutes: readonly Route[] = [
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
  ...peopleRoutes,
  ...loginSettingsRoutes,
  ...tfaSettingsRoutes,
  ...connectionRoutes,
  ...registrationRoutes,
  ...identityRoutes,
];
