import type { Result } from './envelopes.js';
import { defaultLoginSettings } from './portal-settings.js';
import type { Portal } from './portal.js';
import type { Call, Route } from './routes.js';
import { requireAdmin } from './signed-in.js';
import type { BodyShape } from './shapes.js';

const path = '/api/2.0/settings/security/loginSettings';
const count = { kind: 'number', type: 'System.Int32', numericStrings: true, range: [1, 9999] } as const;
const shape: BodyShape = {
  type: 'ASC.Web.Api.ApiModels.RequestsDto.LoginSettingsRequestDto',
  members: { AttemptCount: count, BlockTime: count, CheckPeriod: count },
};

/** The administration of the lock-out. */
export const loginSettingsRoutes: readonly Route[] = [
  { method: 'GET', path, access: 'signed-in', run: read },
  { method: 'PUT', path, access: 'signed-in', body: shape, run: write },
  { method: 'DELETE', path, access: 'signed-in', run: restore },
];

function read({ exchange }: Call): Result {
  requireAdmin(exchange);
  const { portal } = exchange;
  const known = Date.parse(exchange.header('if-modified-since'));
  const changed = Math.floor(portal.loginSettingsChangedAt / 1000) * 1000;
  const headers = ['Last-Modified', new Date(changed).toUTCString()];
  return known >= changed ? { status: 304, empty: true, headers } : { response: printed(portal), headers };
}

function write({ exchange, body }: Call): Result {
  requireAdmin(exchange);
  const { loginSettings } = exchange.portal.settings;
  return change(exchange.portal, {
    attemptCount: body.number('AttemptCount') ?? loginSettings.attemptCount,
    blockTime: body.number('BlockTime') ?? loginSettings.blockTime,
    checkPeriod: body.number('CheckPeriod') ?? loginSettings.checkPeriod,
  });
}

function restore({ exchange }: Call): Result {
  requireAdmin(exchange);
  return change(exchange.portal, { ...defaultLoginSettings });
}

function change(portal: Portal, settings: Portal['settings']['loginSettings']): Result {
  portal.settings.loginSettings = settings;
  portal.loginSettingsChangedAt = portal.now();
  return { response: printed(portal) };
}

function printed({ settings }: Portal): object {
  const { attemptCount, blockTime, checkPeriod } = settings.loginSettings;
  const { attemptCount: count5, blockTime: block60, checkPeriod: check60 } = defaultLoginSettings;
  const isDefault = attemptCount === count5 && blockTime === block60 && checkPeriod === check60;
  return { attemptCount, blockTime, checkPeriod, isDefault };
}
