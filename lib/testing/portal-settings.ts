import type { DocSpaceEmulatorLoginSettings, DocSpaceEmulatorPortal } from './emulator.options.js';

type Open = 'host' | 'domain' | 'captcha' | 'rateLimiter' | 'ldapDomain' | 'testEmailPattern' | 'loginSettings';

/** How a portal is configured, with every default filled in; each member may be changed while it runs. */
export type DocSpaceEmulatorPortalSettings = Required<Omit<DocSpaceEmulatorPortal, Open>> &
  Pick<DocSpaceEmulatorPortal, Exclude<Open, 'loginSettings'>> & {
    /** How password attempts are counted. */
    loginSettings: DocSpaceEmulatorLoginSettings;
  };

/** How a portal counts password attempts unless told otherwise (LoginSettings.cs). */
export const defaultLoginSettings: DocSpaceEmulatorLoginSettings = { attemptCount: 5, blockTime: 60, checkPeriod: 60 };

const defaults = {
  name: 'DocSpace',
  alias: 'portal',
  machineKey: 'your_core_machinekey',
  secondFactor: 'none',
  trustedIps: [],
  mandatoryUsers: [],
  sessionLifetimeMinutes: 'default',
  status: 'active',
  paid: true,
  allowedIps: [],
  smsProvider: true,
  phoneMaskBug: false,
  ldap: false,
  jwtValidation: true,
  identityService: 'up',
  oauth: true,
  socialProfiles: [],
  ssoLabel: '',
  ssoUrl: '',
  ssoLogout: false,
  culture: 'en-US',
  cultures: ['en-US', 'en-GB', 'de', 'fr', 'es', 'it', 'ru'],
  sameSite: 'none',
  cspDomains: false,
  cors: true,
} satisfies DocSpaceEmulatorPortal;

/** Fills in the defaults, once. */
export const completeSettings = (given: DocSpaceEmulatorPortal, tenantId: number): DocSpaceEmulatorPortalSettings => ({
  ...defaults,
  tenantId,
  ...given,
  loginSettings: { ...defaultLoginSettings, ...given.loginSettings },
});
