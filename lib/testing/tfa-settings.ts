import { redeemAppCode } from './authenticator.js';
import { confirmCookie } from './confirm-scheme.js';
import { deleteCookie } from './cookies.js';
import type { Result } from './envelopes.js';
import { factorOf } from './factor.js';
import { accessDenied, invalidOperation } from './failure.js';
import type { Call, Route } from './routes.js';
import { requireAdmin, signedIn } from './signed-in.js';
import { signIn } from './sign-in.js';
import type { BodyShape, DocSpaceConfirmType } from './shapes.js';

const kinds = ['none', 'sms', 'app'] as const;

const tfaRequests: BodyShape = {
  type: 'ASC.Web.Api.ApiModel.RequestsDto.TfaRequestsDto',
  members: {
    Type: {
      kind: 'enum',
      type: 'ASC.Web.Api.ApiModel.RequestsDto.TfaRequestsDtoType',
      names: { None: 0, Sms: 1, App: 2 },
    },
    Id: { kind: 'guid' },
    TrustedIps: { kind: 'texts' },
    MandatoryUsers: { kind: 'texts' },
    MandatoryGroups: { kind: 'texts' },
  },
};

const tfaValidate: BodyShape = {
  type: 'ASC.Web.Api.ApiModel.RequestsDto.TfaValidateRequestsDto',
  members: { Code: { kind: 'text' }, Session: { kind: 'flag' } },
  required: ['Code'],
};

/** Switching the second factor on, and the web pages' own way through the authenticator (TfaappController.cs). */
export const tfaSettingsRoutes: readonly Route[] = [
  { method: 'PUT', path: '/api/2.0/settings/tfaapp', access: 'signed-in', body: tfaRequests, run: switchFactor },
  {
    method: 'GET',
    path: '/api/2.0/settings/tfaapp/setup',
    access: { roles: ['TfaActivation'] },
    run: setup,
  },
  {
    method: 'POST',
    path: '/api/2.0/settings/tfaapp/validate',
    access: { roles: ['TfaActivation', 'TfaAuth'] },
    body: tfaValidate,
    run: validate,
  },
];

/** Switching a kind on ends every session of the portal, the caller's own included. */
function switchFactor({ exchange, body }: Call): Result {
  const admin = requireAdmin(exchange);
  const { portal } = exchange;
  const factor = kinds[body.number('Type') ?? 0] ?? 'none';
  const mandatoryUsers = (body.texts('MandatoryUsers') ?? []).map((id) => id.toLowerCase());
  const owner = portal.users.all().find(({ isOwner }) => isOwner);
  if (factor === 'sms' && !portal.settings.smsProvider) throw invalidOperation('SMS settings are not available');
  if (owner && mandatoryUsers.includes(owner.id) && body.text('Id') !== admin.id) throw accessDenied();
  portal.settings.secondFactor = factor;
  portal.settings.trustedIps = body.texts('TrustedIps') ?? [];
  portal.settings.mandatoryUsers = mandatoryUsers;
  if (factor !== 'none') portal.tokenIndex += 1;
  return { response: factor !== 'none' };
}

function setup({ exchange }: Call): Result {
  const account = signedIn(exchange);
  if (account.appEnrolled || factorOf(exchange, account) !== 'app') throw accessDenied();
  const qrCodeSetupImageUrl = `data:image/png;base64,${onePixel}`;
  return { response: { account: account.email, manualEntryKey: account.tfaKey, qrCodeSetupImageUrl } };
}

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

/** Answers true only when the app was just connected; an ordinary success is `false`, and its session a cookie. */
function validate({ exchange, body }: Call): Result {
  const account = signedIn(exchange);
  deleteCookie(exchange, confirmCookie((exchange.caller?.role ?? 'TfaAuth') as DocSpaceConfirmType));
  if (factorOf(exchange, account) !== 'app') return { response: false };
  const { firstTime } = redeemAppCode(exchange.portal, account, body.text('Code') ?? '', { backupCodes: false });
  signIn(exchange, account, body.flag('Session') ?? false);
  return { response: firstTime };
}
