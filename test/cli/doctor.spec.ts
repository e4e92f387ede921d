import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDoctorCommand } from '../../lib/cli/doctor/doctor.js';
import {
  DocSpaceEmulator,
  type DocSpaceEmulatorOptions,
  type DocSpaceEmulatorUser,
} from 'nestjs-docspace-auth/testing';
import { selfSigned } from '../support/certificate.js';
import { RawServer } from '../support/raw-server.js';
import { expectNoSecret } from '../support/secrets.js';

const ANN: DocSpaceEmulatorUser = { email: 'ann@example.com', password: 'Secret123!' };

interface Printed {
  code: number;
  out: string;
  err: string;
}

/** Runs the command; the answers are typed one after another. */
async function run(args: readonly string[], typed: readonly string[] = [], isInteractive = false): Promise<Printed> {
  const printed = { out: '', err: '' };
  const left = [...typed];
  const code = await runDoctorCommand(args, {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
    ended: new AbortController().signal,
    ask: () => Promise.resolve(left.shift() ?? ''),
    isInteractive,
  });
  return { code, ...printed };
}

interface Diagnosis {
  healthy: boolean;
  findings: { check: string; status: string; says: string }[];
  options: Record<string, string>;
}

/** What the doctor finds at an address: each check's status and words, and the options. */
async function diagnose(
  url: string,
  more: readonly string[] = [],
  typed: readonly string[] = [],
  isInteractive = false,
) {
  const { code, out } = await run([url, '--json', ...more], typed, isInteractive);
  const { healthy, findings, options } = JSON.parse(out) as Diagnosis;
  expect(code).toBe(healthy ? 0 : 1);
  const found = Object.fromEntries(findings.map(({ check, status, says }) => [check, `${status}: ${says}`]));
  return { healthy, found, options };
}

const emulator = (options: DocSpaceEmulatorOptions = {}) => DocSpaceEmulator.start({ users: [ANN], ...options });
const asAnn = ['--user', 'ann@example.com'];

describe('the doctor', () => {
  it('finds a portal in good health, tries all of it, and leaves no session behind', async () => {
    await using portal = await emulator();
    const { healthy, found, options } = await diagnose(portal.url, asAnn, ['Secret123!']);
    expect(healthy).toBe(true);
    expect(found).toEqual({
      address: expect.stringMatching(/^ok: answered in \d+ ms$/) as string,
      certificate: 'ok: none needed on this very machine',
      clock: 'ok: the same time there and here',
      answers: 'ok: as DocSpace does',
      'password hash': 'ok: PBKDF2, 100000 rounds, 256 bits: passwords need not leave your server',
      LDAP: 'ok: off',
      'single sign-on': 'ok: off',
      captcha: 'ok: none asked for',
      login: 'ok: accepted, with the hash of the password',
      'second factor': 'ok: none asked of this user',
      session: 'ok: the portal confirms the token',
      'session lifetime': 'ok: 365 days',
      profile: 'ok: the portal tells who that is',
      'caller address': 'ok: X-Forwarded-For of this machine is believed',
      'log-out': 'ok: the portal forgets the token',
    });
    expect(options).toEqual({
      portalUrl: `'${portal.url}'`,
      client: "(request) => ({ address: request.ip, userAgent: request.headers['user-agent'] })",
    });
    expect(portal.journal.some(({ request }) => request.body.includes('Secret123!'))).toBe(false);
  });

  it('needs no user for what a portal tells everybody', async () => {
    await using portal = await emulator();
    const { healthy, found } = await diagnose(portal.url);
    expect([healthy, found['login']]).toEqual([true, 'skipped: give --user to try one, and a session, and a log-out']);
  });

  it('finds that nobody is there', async () => {
    await using portal = await emulator();
    portal.faults.add({ kind: 'refuse' });
    const { found } = await diagnose(portal.url);
    expect(found).toEqual({ address: 'fail: nobody listens there (ECONNREFUSED)' });
  });

  it('finds that there is no answer in time', async () => {
    await using portal = await emulator();
    portal.faults.add({ kind: 'silent' });
    const { found } = await diagnose(portal.url, ['--timeout', '50']);
    expect(found).toEqual({ address: 'fail: no answer in time (ABORT_ERR)' });
  });

  it('finds something else than DocSpace', async () => {
    await using portal = await emulator();
    portal.faults.add({ kind: 'html', status: 200 });
    const { found } = await diagnose(portal.url);
    expect(found['answers']).toBe(
      'fail: GET /api/2.0/authentication: the answer cannot be read (200): is it DocSpace, or something before it?',
    );
  });

  it.each([
    ['suspended', { status: 'suspended' }, 'portal-not-found'],
    ['being restored', { status: 'restoring' }, 'portal-maintenance'],
  ] as const)('finds a portal that is %s', async (_state, settings, reason) => {
    await using portal = await emulator({ portal: settings });
    const { found } = await diagnose(portal.url);
    expect(found['answers']).toBe(`fail: GET /api/2.0/authentication: refused, ${reason}`);
  });

  it('finds a portal that is not paid for, which shows only to who is signed in', async () => {
    await using portal = await emulator({ portal: { paid: false } });
    const { healthy, found } = await diagnose(portal.url, asAnn, ['Secret123!']);
    expect([healthy, found['profile']]).toEqual([false, 'fail: GET /api/2.0/people/@self: refused, payment-required']);
  });

  it('finds a redirect, and says where to', async () => {
    await using server = await RawServer.start({
      status: 301,
      headers: { location: 'https://docspace.example.com/x' },
    });
    const { found } = await diagnose(server.url);
    expect(found['answers']).toBe(
      'fail: a redirect (301) to https://docspace.example.com: give that address, redirects are not followed',
    );
  });

  it('finds a certificate that this machine does not trust, and takes one that it is given', async () => {
    const tls = selfSigned();
    await using server = await RawServer.start({ body: '{"response":false}' }, tls);
    const { found } = await diagnose(server.url);
    expect(found).toEqual({
      certificate:
        'fail: the certificate is signed by itself: give it with --ca, and in the option http.ca (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    await writeFile(join(folder, 'ca.pem'), tls.cert);
    const trusted = await diagnose(server.url, ['--ca', join(folder, 'ca.pem')]);
    await rm(folder, { recursive: true });
    expect(trusted.found['certificate']).toMatch(/^ok: TLSv1\.3, good for \d+ more days$/);
  });

  it('finds a clock that is wrong', async () => {
    await using portal = await emulator();
    const date = new Date(Date.now() - 120_000).toUTCString();
    portal.faults.add({ kind: 'status', status: 200, body: '{"response":false}', headers: { date }, times: 1 });
    const { healthy, found } = await diagnose(portal.url);
    expect([healthy, found['clock']]).toEqual([
      true,
      expect.stringMatching(/^warn: the portal is 1(19|20|21) s behind this machine$/),
    ]);
  });

  it('finds LDAP, and logs in as LDAP needs it', async () => {
    await using portal = await emulator({ users: [{ ...ANN, ldap: true }], portal: { ldap: true } });
    const { healthy, found } = await diagnose(portal.url, asAnn, ['Secret123!']);
    expect([healthy, found['LDAP'], found['login']]).toEqual([
      true,
      "info: on: passwords travel as they are typed (passwordTransport 'auto' does that)",
      'ok: accepted, with the plain password',
    ]);
  });

  it('finds a captcha and a single sign-on', async () => {
    const captcha = { publicKey: 'public', solution: 'solved' };
    await using portal = await emulator({ portal: { captcha, ssoUrl: 'https://sso.example.com', ssoLabel: 'SSO' } });
    const { found } = await diagnose(portal.url);
    expect(found).toMatchObject({
      captcha: 'info: asked for after failures: a login may bring recaptchaResponse',
      'single sign-on': 'info: on: its users have no password here, and come by the cookie of the portal only',
    });
  });

  it('finds that callers are not told apart', async () => {
    await using portal = await emulator({ knownProxies: [] });
    const { healthy, found, options } = await diagnose(portal.url, asAnn, ['Secret123!']);
    expect(healthy).toBe(true);
    expect(found['caller address']).toBe(
      'warn: X-Forwarded-For of this machine is not believed: all callers count as one (make it a known proxy of the portal)',
    );
    expect(options).not.toHaveProperty('client');
  });

  it.each<[DocSpaceEmulatorUser, string]>([
    [{ ...ANN, secondFactor: 'sms', phone: '123456789' }, 'info: SMS (outcome code-required)'],
    [{ ...ANN, secondFactor: 'sms' }, 'info: SMS, and this user has no phone yet (outcome phone-enrolment)'],
    [{ ...ANN, secondFactor: 'app', appEnrolled: true }, 'info: an authenticator app (outcome code-required)'],
    [{ ...ANN, secondFactor: 'app' }, 'info: an authenticator app, not connected yet (outcome app-enrolment)'],
  ])('finds the second factor of %j', async (user, says) => {
    await using portal = await emulator({ users: [user] });
    const { healthy, found } = await diagnose(portal.url, asAnn, ['Secret123!']);
    expect([healthy, found['second factor'], found['session']]).toEqual([
      true,
      says,
      'skipped: the second step was not done',
    ]);
  });

  it('goes on with a code, where somebody can type one', async () => {
    const user: DocSpaceEmulatorUser = { ...ANN, secondFactor: 'app', appEnrolled: true, backupCodes: ['b4ckup'] };
    await using portal = await emulator({ users: [user] });
    const { found } = await diagnose(portal.url, asAnn, ['Secret123!', 'b4ckup'], true);
    expect([found['session'], found['log-out']]).toEqual([
      'ok: the portal confirms the token',
      'ok: the portal forgets the token',
    ]);
  });

  it('finds a log-out that ends nothing, and a session that nobody confirms', async () => {
    await using portal = await emulator();
    portal.faults.add({ kind: 'status', status: 200, body: '{"response":""}', path: /logout$/, times: 1 });
    const first = await diagnose(portal.url, asAnn, ['Secret123!']);
    expect(first.found['log-out']).toBe('fail: the portal still confirms the token: end the session in its settings');
    const no = {
      kind: 'status',
      status: 200,
      body: '{"response":false}',
      method: 'GET',
      path: /authentication$/,
    } as const;
    portal.faults.add(no);
    const second = await diagnose(portal.url, asAnn, ['Secret123!']);
    expect(second.found['session']).toBe(
      'fail: the portal does not know its own token: does something on the way drop cookies?',
    );
  });

  it.each<[what: string, user: DocSpaceEmulatorUser, reason: string]>([
    ['a wrong password', { ...ANN, password: 'another' }, 'invalid-credentials'],
    ['a disabled user', { ...ANN, status: 'disabled' }, 'user-disabled'],
  ])('finds %s, and repeats none of it', async (_what, user, reason) => {
    await using portal = await emulator({ users: [user] });
    const printed = await run([portal.url, ...asAnn], ['Secret123!']);
    expect(printed.out).toContain(`refused, ${reason}`);
    expect(printed.code).toBe(1);
    expectNoSecret(printed, ['Secret123!']);
  });

  it('finds that an internal address leads to the portal, to another one, or nowhere', async () => {
    await using portal = await emulator();
    await using other = await emulator({ portal: { machineKey: 'another installation' } });
    const at = async (url: string) => {
      const { found, options } = await diagnose(portal.url, ['--internal-url', url]);
      return [found['internal address'], options['internalUrl']];
    };
    const inside = portal.url.replace('127.0.0.1', 'localhost');
    expect(await at(inside)).toEqual(['ok: the same portal', `'${inside}'`]);
    expect(await at(other.url)).toEqual([
      'fail: another portal answers there: does something on the way change the Host header?',
      undefined,
    ]);
    expect(await at('http://127.0.0.1:9')).toEqual(['fail: nobody listens there (ECONNREFUSED)', undefined]);
  });

  it('prints a plain table with the options as code', async () => {
    await using portal = await emulator();
    const { code, out } = await run([portal.url]);
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `^DocSpace at ${portal.url}\n\n  ok       address         answered in \\d+ ms\n[^]*\n  skipped  login {11}[^]*\n\nSuggested options:\n\n  portalUrl: '${portal.url}',\n\nNothing is wrong\\.\n$`,
      ),
    );
  });

  it('sends no password over plain http to what may be another machine', async () => {
    await using portal = await emulator({ host: '0.0.0.0' });
    const url = portal.url.replace('127.0.0.1', '0.0.0.0');
    const { found, options } = await diagnose(url, asAnn, ['Secret123!']);
    expect([found['certificate'], found['login']]).toEqual([
      'warn: none: passwords and tokens travel in the clear, for anybody on the way',
      'skipped: not over plain http: the password would travel in the clear',
    ]);
    expect(options['allowInsecureHttp']).toBe('true');
    expect(portal.journal.filter(({ request }) => request.method === 'POST')).toEqual([]);
  });

  it.each([
    [[], 'Name one portal, such as https://docspace.example.com.'],
    [['https://a.example.com', 'https://b.example.com'], 'Name one portal'],
    [['docspace.example.com'], 'The portal must be an absolute http or https URL.'],
    [['https://ann:Secret123!@a.example.com'], 'must be a URL without credentials, query and fragment.'],
    [['https://a.example.com', '--timeout', 'soon'], '--timeout takes milliseconds from 1 to 999999, not "soon".'],
    [['https://a.example.com', '--ca', '/nowhere.pem'], '--ca: the file "/nowhere.pem" can\'t be read.'],
    [['https://a.example.com', '--password', 'x'], "Unknown option '--password'"],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toContain('Secret123!');
    expect(err.endsWith('Run "nestjs-docspace-auth doctor --help".\n')).toBe(true);
  });

  it('explains every option with --help', async () => {
    const { code, out } = await run(['--help']);
    const options = ['--user', '--internal-url', '--ca', '--timeout', '--json', '--help'];
    expect([code, options.filter((option) => !out.includes(option))]).toEqual([0, []]);
  });
});
