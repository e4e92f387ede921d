import { DocSpaceCredentials } from '../../auth/credentials.js';
import { ENDPOINTS } from '../../auth/endpoints.js';
import { hashPassword } from '../../auth/password-hash.js';
import type { Finding } from './findings.js';
import { type Patient, wordsOf } from './patient.js';
import type { Policy } from './settings.js';

/** An address for documentation (RFC 5737), which nobody has. */
const NOBODY = '192.0.2.1';
const FORWARDED = { 'x-forwarded-for': NOBODY };
const DAY_MS = 86_400_000;

/** Asks the person at the keyboard; undefined where nobody can be asked. */
export type Ask = ((question: string, hidden: boolean) => Promise<string>) | undefined;

type Answer = Readonly<Record<string, unknown>>;

/** Logs in, looks at the session, and logs out again. */
export async function lookAtSession(
  portal: Patient,
  { userName, password, askCode }: { userName: string; password: string; askCode: Ask },
  policy: Policy,
): Promise<Finding[]> {
  const { passwordHash, ldap } = policy;
  const isPlain = ldap || !passwordHash;
  const secret = isPlain ? { password } : { passwordHash: await hashPassword(password, passwordHash) };
  const body = { userName, ...secret };
  try {
    const first = await login(portal, ENDPOINTS.login, body);
    const { finding, step } = secondFactorOf(first);
    const how = isPlain ? 'with the plain password' : 'with the hash of the password';
    const findings: Finding[] = [{ check: 'login', status: 'ok', says: `accepted, ${how}` }, finding];
    if (step === 'done') return [...findings, ...(await lookAtToken(portal, first))];
    if (step === 'code' && askCode) {
      const code = await askCode('Code (empty to stop here): ', false);
      if (code !== '')
        return [...findings, ...(await lookAtToken(portal, await login(portal, ENDPOINTS.code, { ...body, code })))];
    }
    return [...findings, { check: 'session', status: 'skipped', says: 'the second step was not done' }];
  } catch (error) {
    return [{ check: 'login', status: 'fail', says: wordsOf(error) }];
  }
}

/** From an address of nobody's, which shows later whether that was believed. */
async function login(
  portal: Patient,
  { operation, path }: Pick<(typeof ENDPOINTS)['login' | 'code'], 'operation' | 'path'>,
  body: object,
): Promise<Answer> {
  const response = await portal.ask({ operation, path, method: 'POST', body, headers: FORWARDED });
  return (response ?? {}) as Answer;
}

function secondFactorOf({ token, sms, tfa, tfaKey, confirmUrl }: Answer): {
  finding: Finding;
  step: 'done' | 'code' | 'enrolment';
} {
  const check = 'second factor';
  const found = (says: string, step: 'done' | 'code' | 'enrolment') => ({
    finding: { check, status: 'info', says } as const,
    step,
  });
  if (typeof token === 'string' && token !== '')
    return { finding: { check, status: 'ok', says: 'none asked of this user' }, step: 'done' };
  if (sms === true && String(confirmUrl).includes('PhoneActivation'))
    return found('SMS, and this user has no phone yet (outcome phone-enrolment)', 'enrolment');
  if (sms === true) return found('SMS (outcome code-required)', 'code');
  if (tfa === true && typeof tfaKey === 'string' && tfaKey !== '')
    return found('an authenticator app, not connected yet (outcome app-enrolment)', 'enrolment');
  return found('an authenticator app (outcome code-required)', 'code');
}

async function lookAtToken(portal: Patient, { token, expires }: Answer): Promise<Finding[]> {
  if (typeof token !== 'string' || token === '')
    return [{ check: 'session', status: 'fail', says: 'the login brought no token' }];
  const headers = DocSpaceCredentials.token(token).headers();
  try {
    return [
      await confirmedBy(portal, headers),
      lifetimeOf(expires),
      await profileOf(portal, headers),
      await forwardedOf(portal, headers),
      await logoutOf(portal, headers),
    ];
  } catch (error) {
    return [{ check: 'session', status: 'fail', says: wordsOf(error) }];
  }
}

const isConfirmed = async (portal: Patient, headers: Record<string, string>): Promise<boolean> =>
  (await portal.ask({ operation: 'check', path: ENDPOINTS.check.path, headers })) === true;

async function confirmedBy(portal: Patient, headers: Record<string, string>): Promise<Finding> {
  const check = 'session';
  if (await isConfirmed(portal, headers)) return { check, status: 'ok', says: 'the portal confirms the token' };
  return {
    check,
    status: 'fail',
    says: 'the portal does not know its own token: does something on the way drop cookies?',
  };
}

function lifetimeOf(expires: unknown): Finding {
  const check = 'session lifetime';
  const until = typeof expires === 'string' && !expires.startsWith('0001') ? Date.parse(expires) : NaN;
  if (Number.isNaN(until)) return { check, status: 'info', says: 'the portal names no end' };
  const ms = until - Date.now();
  const length = ms >= 2 * DAY_MS ? `${Math.round(ms / DAY_MS)} days` : `${Math.round(ms / 60_000)} minutes`;
  return { check, status: 'ok', says: length };
}

/** Guards need the profile for roles and `loadUser`; a portal that is not paid for tells none. */
async function profileOf(portal: Patient, headers: Record<string, string>): Promise<Finding> {
  const check = 'profile';
  try {
    await portal.ask({ operation: 'profile', path: '/api/2.0/people/@self', headers });
    return { check, status: 'ok', says: 'the portal tells who that is' };
  } catch (error) {
    return { check, status: 'fail', says: wordsOf(error) };
  }
}

/** The portal keeps the address of each login, and shows it to its user. */
async function forwardedOf(portal: Patient, headers: Record<string, string>): Promise<Finding> {
  const check = 'caller address';
  const path = '/api/2.0/security/activeconnections';
  try {
    const { loginEvent, items } = (await portal.ask({ operation: 'profile', path, headers })) as Answer;
    const own = (items as readonly { id: unknown; ip?: string }[]).find(({ id }) => id === loginEvent);
    if (own?.ip?.split(':')[0] === NOBODY) {
      const client = "(request) => ({ address: request.ip, userAgent: request.headers['user-agent'] })";
      return { check, status: 'ok', says: 'X-Forwarded-For of this machine is believed', options: { client } };
    }
    return {
      check,
      status: 'warn',
      says: 'X-Forwarded-For of this machine is not believed: all callers count as one (make it a known proxy of the portal)',
    };
  } catch (error) {
    return { check, status: 'skipped', says: wordsOf(error) };
  }
}

async function logoutOf(portal: Patient, headers: Record<string, string>): Promise<Finding> {
  const check = 'log-out';
  await portal.ask({ operation: 'logout', path: ENDPOINTS.logout.path, method: 'POST', headers });
  if (!(await isConfirmed(portal, headers))) return { check, status: 'ok', says: 'the portal forgets the token' };
  return { check, status: 'fail', says: 'the portal still confirms the token: end the session in its settings' };
}
