import type { Exchange } from './exchange.js';
import type { DocSpaceEmulatorPortalStatus } from './emulator.options.js';

const statusNumbers: Readonly<Record<DocSpaceEmulatorPortalStatus, number>> = {
  active: 0,
  suspended: 1,
  'remove-pending': 2,
  transferring: 3,
  restoring: 4,
  migrating: 5,
  encryption: 6,
};
const nobody = '00000000-0000-0000-0000-000000000000';

/** GET /settings. Anonymous callers get zero and false where values are private, and must not believe them. */
export function portalSettings(exchange: Exchange): object {
  const { caller, portal } = exchange;
  const owner = portal.users.all().find(({ isOwner }) => isOwner);
  return {
    ...(caller ? { timezone: 'Etc/UTC' } : {}),
    trustedDomainsType: 0,
    culture: portal.settings.culture,
    utcOffset: '00:00:00',
    utcHoursOffset: 0,
    greetingSettings: portal.settings.name,
    ownerId: caller && owner ? owner.id : nobody,
    enabledJoin: false,
    enableAdmMess: false,
    thirdpartyEnable: false,
    docSpace: true,
    standalone: exchange.installation.standalone,
    isAmi: false,
    baseDomain: exchange.installation.baseDomain,
    ...secondHalf(exchange),
  };
}

function secondHalf(exchange: Exchange): object {
  const { caller, portal } = exchange;
  const { status, alias, captcha } = portal.settings;
  const withPassword = !caller || exchange.parameter('withpassword')?.toLowerCase() === 'true';
  return {
    passwordHash: withPassword ? portal.passwordParameters : undefined,
    version: '3.7.2',
    recaptchaType: captcha?.type ?? 0,
    recaptchaPublicKey: captcha?.publicKey,
    debugInfo: false,
    tenantStatus: statusNumbers[status],
    tenantAlias: alias,
    displayAbout: true,
    cookieSettingsEnabled: false,
    limitedAccessSpace: false,
    userNameRegex: "^[\\p{L}\\p{M}' \\-.]+$",
  };
}

/** GET /capabilities: which ways of signing in a portal offers. */
export function capabilities({ portal }: Exchange): object {
  const { ldap, ldapDomain, oauth, socialProfiles, ssoLabel, ssoUrl } = portal.settings;
  return {
    ldapEnabled: ldap,
    ldapDomain: ldap ? ldapDomain : undefined,
    providers: oauth ? [...new Set(socialProfiles.map(({ provider }) => provider))] : [],
    ssoLabel,
    oauthEnabled: oauth,
    ssoUrl,
    identityServerEnabled: true,
  };
}
