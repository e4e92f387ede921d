import type { DocSpaceEmulatorSms } from './sms-desk.js';
import type { DocSpaceEmulatorUser } from './user.js';

/** The second factor a portal asks for after the password. */
export type DocSpaceEmulatorSecondFactor = 'none' | 'sms' | 'app';

/** The states a portal can be in; `active` is the usual one. */
export type DocSpaceEmulatorPortalStatus =
  'active' | 'suspended' | 'remove-pending' | 'transferring' | 'restoring' | 'migrating' | 'encryption';

/** How a portal counts password attempts, per login name and address. */
export interface DocSpaceEmulatorLoginSettings {
  /** Attempts allowed inside the window; one more is locked out. */
  attemptCount: number;
  /** Seconds that a lock-out lasts. */
  blockTime: number;
  /** Seconds that an attempt is remembered. */
  checkPeriod: number;
}

/** The limits of a portal's rate limiter, which real installations leave off. */
export interface DocSpaceEmulatorRateLimiter {
  /** Requests a minute, in a sliding window (1500). */
  perMinute?: number;
  /** GET requests at the same time (50). */
  concurrentGet?: number;
  /** Other requests at the same time (15). */
  concurrentOther?: number;
  /** POST and PUT requests a day (10000). */
  writesPerDay?: number;
  /** Whether 127.0.0.1 is never limited, as on a real portal (true). */
  exemptLoopback?: boolean;
}

/** A profile that a social provider would vouch for. */
export interface DocSpaceEmulatorSocialProfile {
  /** The provider's key, such as `google`. */
  provider: string;
  /** The user's identifier at the provider. */
  id: string;
  /** The e-mail address the provider knows. */
  email: string;
  /** The provider's access token that stands for this profile. */
  accessToken?: string;
  /** The provider's authorization code that stands for this profile. */
  codeOAuth?: string;
  /** The transport-encoded profile that a login may carry instead. */
  serializedProfile?: string;
}

/** What is configured of one emulated portal; every member may be changed while it runs. */
export interface DocSpaceEmulatorPortal {
  /** The host name (with or without port) under which this portal answers; the first portal also answers on loopback. */
  host?: string;
  /** The domain printed in confirm links for a loopback Host; unset, the address of the request. */
  domain?: string;
  /** The portal's title (`DocSpace`). */
  name?: string;
  /** The portal's alias (`portal`). */
  alias?: string;
  /** The tenant's number (1, counting up). */
  tenantId?: number;
  /** The installation's secret, from which hashes and keys are made (`your_core_machinekey`). */
  machineKey?: string;
  /** The second factor asked of users who have none of their own (`none`). */
  secondFactor?: DocSpaceEmulatorSecondFactor;
  /** Addresses from which the second factor is not asked. */
  trustedIps?: readonly string[];
  /** Identifiers of users who are asked even from trusted addresses. */
  mandatoryUsers?: readonly string[];
  /** Minutes that a log-in lives; 0 is for ever, `default` is one year. */
  sessionLifetimeMinutes?: number | 'default';
  /** What state the portal is in (`active`). */
  status?: DocSpaceEmulatorPortalStatus;
  /** Whether the portal is paid for (true). */
  paid?: boolean;
  /** Addresses that signed-in users may come from; an empty list lets everybody in. */
  allowedIps?: readonly string[];
  /** How password attempts are counted (5, 60, 60). */
  loginSettings?: Partial<DocSpaceEmulatorLoginSettings>;
  /** Whether SMS can be sent (true). */
  smsProvider?: boolean;
  /** Whether masking a phone of ten or more digits fails, as DocSpace 3.7.2 really does (false). */
  phoneMaskBug?: boolean;
  /** Whether LDAP is in the plan and switched on (false). */
  ldap?: boolean;
  /** The LDAP domain, printed by capabilities. */
  ldapDomain?: string;
  /** Whether the signature, expiry and state of JWTs are checked (true); the bare repository leaves it off. */
  jwtValidation?: boolean;
  /** Whether the identity service that checks JWTs is there (`up`), can't be reached, or fails. */
  identityService?: 'up' | 'unreachable' | 'failing';
  /** The captcha that lifts the count of wrong passwords; unset, captchas are ignored. */
  captcha?: {
    /** Printed by the settings. */
    publicKey: string;
    /** The answer that solves it; any other is refused with 403. */
    solution: string;
    /** Google's (0, the default) or the one of hCaptcha (3). */
    type?: 0 | 3;
  };
  /** Whether logging in by a social provider is in the plan (true). */
  oauth?: boolean;
  /** The profiles that social providers vouch for. */
  socialProfiles?: readonly DocSpaceEmulatorSocialProfile[];
  /** The label of the single-sign-on button, printed by capabilities. */
  ssoLabel?: string;
  /** The address of the single-sign-on page, printed by capabilities. */
  ssoUrl?: string;
  /** Whether single log-out is configured, so that the log-out of an SSO user answers an address (false). */
  ssoLogout?: boolean;
  /** The portal's language (`en-US`); `ru` shows that error texts are localised. */
  culture?: string;
  /** The languages a login may switch its user to. */
  cultures?: readonly string[];
  /** The `web:samesite` setting (`none`, as docker and packages set it). */
  sameSite?: 'none' | 'lax' | 'strict' | 'unset';
  /** Whether foreign domains may embed the portal, which decides an unset `sameSite` (false). */
  cspDomains?: boolean;
  /** The rate limiter; unset, there is none. */
  rateLimiter?: DocSpaceEmulatorRateLimiter;
  /** Whether cross-origin requests are answered with `Access-Control-Allow-Origin: *` (true). */
  cors?: boolean;
  /** A pattern of owner's e-mails for which the portal may be deleted at once; unset, for nobody. */
  testEmailPattern?: string;
}

/** One more portal of the same installation: how it is configured and who lives in it. */
export interface DocSpaceEmulatorNeighbour extends DocSpaceEmulatorPortal {
  /** The host name under which this portal answers. */
  host: string;
  /** The accounts that exist from the start. */
  users?: readonly DocSpaceEmulatorUser[];
}

/** What `DocSpaceEmulator.start` takes; every member has a default. */
export interface DocSpaceEmulatorOptions {
  /** The accounts that exist from the start (none). */
  users?: readonly DocSpaceEmulatorUser[];
  /** How the portal is configured. */
  portal?: DocSpaceEmulatorPortal;
  /** Other portals of the same installation, told apart by Host. */
  portals?: readonly DocSpaceEmulatorNeighbour[];
  /** Whether it is a standalone installation (true), which sends unknown hosts to its first portal, or SaaS. */
  standalone?: boolean;
  /** The domain whose subdomains are portals (`localhost`). */
  baseDomain?: string;
  /** The time, in milliseconds since 1970 (`Date.now`). */
  clock?: () => number;
  /** The source of randomness (`crypto.randomBytes`). */
  random?: (size: number) => Buffer;
  /** The address to listen at (`127.0.0.1`). */
  host?: string;
  /** The port to listen at (0: a free one). */
  port?: number;
  /** `real` answers as the server does (default), `documented` as its documentation says. */
  dialect?: 'real' | 'documented';
  /** Addresses of proxies whose `X-Forwarded-*` headers are believed (loopback). */
  knownProxies?: readonly string[];
  /** Whether requests and answers are kept in the journal (true). */
  journal?: boolean;
  /** Receives every SMS when it is sent. */
  sms?: (message: DocSpaceEmulatorSms) => void;
  /** Receives a readable line for every request; secrets are left out of it. */
  log?: (line: string) => void;
}
