import { isLoopback } from '../../docspace-auth.checks.js';
import { DocSpaceRefusedError } from '../../auth/errors.js';
import { ENDPOINTS } from '../../auth/endpoints.js';
import type { Finding } from './findings.js';
import { Patient, type Reply, responseOf, wordsOf } from './patient.js';

const CHECK = { operation: 'check', path: ENDPOINTS.check.path } as const;
const SETTINGS = { operation: 'settings', path: '/api/2.0/settings' } as const;
/** A certificate that ends sooner is told of. */
const SOON_DAYS = 21;
/** Codes of authenticator apps change every 30 seconds. */
const CLOCK_S = 30;

/** Is it there, and is it a portal that works? */
export async function lookAtAddress(portal: Patient): Promise<Finding[]> {
  const { url } = portal;
  const sent = Date.now();
  let reply: Reply;
  try {
    reply = await portal.send(CHECK);
  } catch (error) {
    const what = /CERT|SIGN|EPROTO/.test(String((error as { code?: unknown }).code)) ? 'certificate' : 'address';
    return [{ check: what, status: 'fail', says: wordsOf(error) }];
  }
  const took = Date.now() - sent;
  const options = { portalUrl: `'${bare(url)}'` };
  return [
    { check: 'address', status: 'ok', says: `answered in ${took} ms`, options },
    certificateOf(url, reply),
    clockOf(reply, sent + took / 2),
    answerTo(reply),
  ];
}

function certificateOf({ protocol, hostname }: URL, { tls }: Reply): Finding {
  const check = 'certificate';
  if (tls) {
    const days = Math.floor((tls.validTo.getTime() - Date.now()) / 86_400_000);
    return { check, status: days < SOON_DAYS ? 'warn' : 'ok', says: `${tls.protocol}, good for ${days} more days` };
  }
  if (protocol === 'http:' && isLoopback(hostname))
    return { check, status: 'ok', says: 'none needed on this very machine' };
  return {
    check,
    status: 'warn',
    says: 'none: passwords and tokens travel in the clear, for anybody on the way',
    options: { allowInsecureHttp: 'true' },
  };
}

function clockOf(reply: Reply, here: number): Finding {
  const check = 'clock';
  const there = Date.parse(reply.header('date') ?? '');
  if (Number.isNaN(there)) return { check, status: 'skipped', says: 'the answer has no date' };
  const seconds = Math.round((there - here) / 1000);
  const side = seconds < 0 ? 'behind' : 'ahead of';
  if (Math.abs(seconds) < CLOCK_S) return { check, status: 'ok', says: 'the same time there and here' };
  return { check, status: 'warn', says: `the portal is ${Math.abs(seconds)} s ${side} this machine` };
}

function answerTo(reply: Reply): Finding {
  const check = 'answers';
  const { status } = reply;
  if (status >= 300 && status < 400) {
    const to = reply.header('location');
    const where = to !== undefined && URL.canParse(to) ? new URL(to).origin : 'elsewhere';
    return {
      check,
      status: 'fail',
      says: `a redirect (${status}) to ${where}: give that address, redirects are not followed`,
    };
  }
  try {
    if (responseOf(CHECK, reply) === false) return { check, status: 'ok', says: 'as DocSpace does' };
    return {
      check,
      status: 'fail',
      says: `${status}, but not with what DocSpace says to somebody without credentials`,
    };
  } catch (error) {
    const advice = error instanceof DocSpaceRefusedError ? '' : ': is it DocSpace, or something before it?';
    return { check, status: 'fail', says: wordsOf(error) + advice };
  }
}

/** Does the internal address lead to the same portal? */
export async function lookAtInternalAddress(portal: Patient, internal: Patient): Promise<Finding> {
  const check = 'internal address';
  try {
    const [outside, inside] = await Promise.all([portal.ask(SETTINGS), internal.ask(SETTINGS)]);
    if (nameOf(outside) !== nameOf(inside))
      return {
        check,
        status: 'fail',
        says: 'another portal answers there: does something on the way change the Host header?',
      };
    return { check, status: 'ok', says: 'the same portal', options: { internalUrl: `'${bare(internal.url)}'` } };
  } catch (error) {
    return { check, status: 'fail', says: wordsOf(error) };
  }
}

/** The salt is made of the installation's secret, and the alias is the portal's name in it. */
function nameOf(settings: unknown): string {
  const { passwordHash, tenantAlias } = (settings ?? {}) as {
    passwordHash?: { salt?: unknown };
    tenantAlias?: unknown;
  };
  return JSON.stringify([passwordHash?.salt, tenantAlias]);
}

/** Through the internal address, with the headers that the library sends too. */
export const internalPatient = (
  publicUrl: URL,
  internalUrl: URL,
  options: ConstructorParameters<typeof Patient>[1],
): Patient =>
  new Patient(internalUrl, options, { host: publicUrl.host, 'x-forwarded-proto': publicUrl.protocol.slice(0, -1) });

const bare = (url: URL): string => url.href.replace(/\/+$/, '');
