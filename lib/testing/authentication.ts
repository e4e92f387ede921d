import { authenticateMe, authenticateWithCode } from './second-factor.js';
import { checkConfirm } from './check-confirm.js';
import { logout } from './logout.js';
import type { Route } from './routes.js';
import { authRequests, authWithCode, emailValidationKey, mobileRequests } from './shapes.js';
import { saveMobilePhone, sendSmsCode } from './sms.js';

const base = '/api/2.0/authentication';
const open = { access: 'anonymous', whenUnpaid: true } as const;

/** The seven endpoints of the Authentication API (AuthenticationController.cs). */
export const authenticationRoutes: readonly Route[] = [
  { ...open, method: 'GET', path: base, run: ({ exchange }) => ({ response: exchange.caller !== undefined }) },
  {
    ...open,
    method: 'POST',
    path: base,
    body: authRequests,
    run: ({ exchange, body }) => ({
      response: authenticateMe(exchange, body),
      status: exchange.installation.dialect.loginStatus,
    }),
  },
  {
    ...open,
    method: 'POST',
    path: `${base}/{code}`,
    body: authWithCode,
    run: ({ exchange, body, parameter }) => ({
      response: authenticateWithCode(exchange, body, parameter),
      status: exchange.installation.dialect.loginStatus,
    }),
  },
  {
    ...open,
    method: 'POST',
    path: `${base}/confirm`,
    whenSuspended: true,
    body: emailValidationKey,
    run: ({ exchange, body }) => ({ response: checkConfirm(exchange, body) }),
  },
  { ...open, method: 'POST', path: `${base}/logout`, run: ({ exchange }) => ({ response: logout(exchange) }) },
  {
    method: 'POST',
    path: `${base}/setphone`,
    access: { roles: ['PhoneActivation'] },
    whenUnpaid: true,
    body: mobileRequests,
    run: ({ exchange, body }) => ({ response: saveMobilePhone(exchange, body) }),
  },
  {
    ...open,
    method: 'POST',
    path: `${base}/sendsms`,
    body: authRequests,
    run: ({ exchange, body }) => ({ response: sendSmsCode(exchange, body) }),
  },
];
