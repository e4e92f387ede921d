import { randomGuid } from './accounts.js';
import { utcDate } from './dates.js';
import type { Result } from './envelopes.js';
import type { Exchange } from './exchange.js';
import { accessDenied } from './failure.js';
import type { Portal } from './portal.js';
import type { Call, Route } from './routes.js';
import { signedIn } from './signed-in.js';
import type { BodyShape } from './shapes.js';

const text = { kind: 'text' } as const;
const registration: BodyShape = {
  type: 'ASC.ApiSystem.Models.TenantModel',
  members: { PortalName: text, FirstName: text, LastName: text, Email: text, Password: text, Language: text },
};

/** Creating portals and deleting them. */
export const registrationRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/apisystem/portal/register',
    access: 'anonymous',
    needsNoPortal: true,
    body: registration,
    run: register,
  },
  {
    method: 'DELETE',
    path: '/api/2.0/portal/deleteportalimmediately',
    access: 'signed-in',
    run: deletePortal,
  },
];

/** The answer is no envelope; SaaS takes no notice of the name. */
function register({ exchange, body }: Call): Result {
  const { installation } = exchange;
  const [wanted = '', email = '', password = ''] = ['PortalName', 'Email', 'Password'].map((name) => body.text(name));
  if (wanted === '' || email === '') return rejected('params', 'Required parameters are missing');
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) return rejected('emailIncorrect', 'The email is incorrect');
  if (password.length < 8) return rejected('passPolicyError', 'The password is too short');
  const name = installation.standalone ? wanted.toLowerCase() : `docspace-${installation.random(4).toString('hex')}`;
  const domain = `${name}.${installation.baseDomain}`;
  if (installation.named(domain)) {
    return { bare: true, status: 500, response: { error: 'registerNewTenantError', message: 'The portal exists' } };
  }
  const id = randomGuid(installation.random);
  const inherited = installation.portals[0]?.settings;
  const pattern = inherited?.testEmailPattern;
  const machineKey = inherited?.machineKey ?? 'your_core_machinekey';
  const names = { firstName: body.text('FirstName') ?? '', lastName: body.text('LastName') ?? '' };
  const portal = installation.open(
    { host: domain, alias: name, machineKey, ...(pattern === undefined ? {} : { testEmailPattern: pattern }) },
    [{ ...names, id, email, password, isOwner: true }],
  );
  return { bare: true, response: registered(exchange, portal, domain, id, body.text('Language')) };
}

function registered(exchange: Exchange, portal: Portal, domain: string, ownerId: string, language = 'en'): object {
  return {
    reference: `${exchange.scheme}://${domain}/`,
    tenant: {
      tenantId: portal.settings.tenantId,
      portalName: portal.settings.alias,
      domain,
      ownerId,
      status: 'Active',
      created: utcDate(portal.now()),
      language,
      timeZoneName: 'UTC',
    },
  };
}

const rejected = (error: string, message: string): Result => ({
  bare: true,
  status: 400,
  response: { error, message },
});

/** Only the owner of a portal made for tests may do this (PortalController.cs:769). */
function deletePortal({ exchange }: Call): Result {
  const { isOwner, email } = signedIn(exchange);
  const { testEmailPattern } = exchange.portal.settings;
  const made = testEmailPattern !== undefined && new RegExp(testEmailPattern, 'i').test(email);
  if (!isOwner || !made) throw accessDenied();
  exchange.installation.close(exchange.portal);
  return {};
}
