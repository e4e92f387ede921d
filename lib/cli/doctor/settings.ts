import { hashParameters, type PasswordHashParameters } from '../../auth/password-hash.js';
import type { Finding } from './findings.js';
import { type Patient, wordsOf } from './patient.js';

/** What a portal tells everybody about how its users sign in. */
export interface Policy {
  readonly findings: readonly Finding[];
  readonly ldap: boolean;
  /** Undefined where the portal does not tell; a login then needs the plain password. */
  readonly passwordHash: PasswordHashParameters | undefined;
}

/** How do its users sign in? */
export async function lookAtSettings(portal: Patient): Promise<Policy> {
  const [settings, capabilities] = await Promise.all([
    fieldsOf(portal, '/api/2.0/settings'),
    fieldsOf(portal, '/api/2.0/capabilities'),
  ]);
  const hash = hashOf(settings);
  const ldap = capabilities instanceof Error ? false : capabilities['ldapEnabled'] === true;
  return {
    findings: [hash.finding, ldapOf(capabilities), singleSignOnOf(capabilities), captchaOf(settings)],
    ldap,
    passwordHash: hash.parameters,
  };
}

type Fields = Record<string, unknown> | Error;

async function fieldsOf(portal: Patient, path: string): Promise<Fields> {
  try {
    const response = await portal.ask({ operation: 'settings', path });
    return typeof response === 'object' && response !== null
      ? (response as Record<string, unknown>)
      : new Error(`GET ${path}: the answer is empty`);
  } catch (error) {
    return new Error(wordsOf(error));
  }
}

function hashOf(settings: Fields): { finding: Finding; parameters: PasswordHashParameters | undefined } {
  const check = 'password hash';
  try {
    if (settings instanceof Error) throw settings;
    const parameters = hashParameters(settings['passwordHash']);
    const says = `PBKDF2, ${parameters.iterations} rounds, ${parameters.size} bits: passwords need not leave your server`;
    return { finding: { check, status: 'ok', says }, parameters };
  } catch (error) {
    const says = `${error instanceof Error ? error.message : ''}: without them only plain passwords can be sent`;
    const options = { passwordTransport: "'plain'" };
    return { finding: { check, status: 'warn', says, options }, parameters: undefined };
  }
}

function ldapOf(capabilities: Fields): Finding {
  const check = 'LDAP';
  if (capabilities instanceof Error) {
    return {
      check,
      status: 'warn',
      says: `${capabilities.message}: nobody knows whether there is LDAP`,
      options: { passwordTransport: "'plain'" },
    };
  }
  if (capabilities['ldapEnabled'] !== true) return { check, status: 'ok', says: 'off' };
  return { check, status: 'info', says: "on: passwords travel as they are typed (passwordTransport 'auto' does that)" };
}

function singleSignOnOf(capabilities: Fields): Finding {
  const check = 'single sign-on';
  if (capabilities instanceof Error) return { check, status: 'skipped', says: capabilities.message };
  const { ssoUrl } = capabilities;
  if (typeof ssoUrl !== 'string' || ssoUrl === '') return { check, status: 'ok', says: 'off' };
  return {
    check,
    status: 'info',
    says: 'on: its users have no password here, and come by the cookie of the portal only',
  };
}

function captchaOf(settings: Fields): Finding {
  const check = 'captcha';
  if (settings instanceof Error) return { check, status: 'skipped', says: settings.message };
  const { recaptchaPublicKey: key } = settings;
  if (typeof key !== 'string' || key === '') return { check, status: 'ok', says: 'none asked for' };
  return { check, status: 'info', says: 'asked for after failures: a login may bring recaptchaResponse' };
}
