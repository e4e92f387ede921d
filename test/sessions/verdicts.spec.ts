import {
  type DocSpaceAuthModuleOptions,
  DocSpaceCredentials,
  DocSpaceSessions,
  type DocSpaceVerdict,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { expectNoSecret } from '../support/secrets';
import { anApp } from '../support/start-app';

const ANN = { email: 'ann@example.com', password: 'Secret123!' };
const CHECK = '/api/2.0/authentication';

let portal: DocSpaceEmulator;
beforeEach(async () => {
  portal = await DocSpaceEmulator.start({ users: [ANN] });
});
afterEach(() => portal.stop());

async function verdictOf(
  credentials: DocSpaceCredentials,
  options: Partial<DocSpaceAuthModuleOptions> = {},
): Promise<DocSpaceVerdict> {
  await using app = await anApp().at(portal.url).with(options).compile();
  const verdict = await app.get(DocSpaceSessions).check(credentials);
  expectNoSecret(verdict, [credentials.reveal()]);
  return verdict;
}

const questions = (): string[] => portal.journal.map(({ request }) => `${request.method} ${request.path}`);
const token = (value: string): DocSpaceCredentials => DocSpaceCredentials.token(value);
const apiKey = (value: string): DocSpaceCredentials => DocSpaceCredentials.apiKey(value);
const jwt = (value: string): DocSpaceCredentials => DocSpaceCredentials.jwt(value);
const basic = (userName: string, password: string): DocSpaceCredentials =>
  DocSpaceCredentials.basic(userName, password);

describe('authenticated', () => {
  it.each([
    ['a token', () => token(portal.issueToken(ANN.email))],
    ['an API key', () => apiKey(portal.issueApiKey(ANN.email))],
    ['a JWT', () => jwt(portal.issueJwt(ANN.email))],
    ['Basic', () => basic(ANN.email, ANN.password)],
  ])('is %s that the portal knows', async (_, credentials) => {
    const before = Date.now();
    const verdict = await verdictOf(credentials());
    expect(verdict).toEqual({ status: 'authenticated', checkedAt: expect.any(Number) as number, stale: false });
    if (verdict.status === 'authenticated') expect(verdict.checkedAt).toBeGreaterThanOrEqual(before);
    expect(questions()).toEqual([`GET ${CHECK}`]);
  });
});

describe('anonymous', () => {
  it.each([
    ['a token of nobody', () => token('Z2FyYmFnZQ==')],
    ['a JWT that is over', () => jwt(portal.issueJwt(ANN.email, { expired: true }))],
    ['a JWT whose subject is no GUID', () => jwt(portal.issueJwt(ANN.email, { sub: 'abc' }))],
    ['a JWT that does not decode', () => jwt('e30.aaaa.bbbb')],
    ['a wrong password', () => basic(ANN.email, 'wrong-password')],
  ])('is %s', async (_, credentials) => {
    expect(await verdictOf(credentials())).toEqual({ status: 'anonymous' });
  });

  it('is a token that was revoked', async () => {
    const revoked = portal.issueToken(ANN.email);
    portal.revoke(revoked);
    expect(await verdictOf(token(revoked))).toEqual({ status: 'anonymous' });
  });

  it.each([
    ['Bearer ééé'],
    ['Bearer a b'],
    ['Bearer sk-'],
    ['Bearer a.b'],
    [`Bearer ${'a'.repeat(5000)}`],
    ['Basic Og=='],
  ])('is what can be no credential, without a question: %.20s', async (authorization) => {
    await using app = await anApp()
      .at(portal.url)
      .with({ accept: ['token', 'api-key', 'jwt', 'basic'] })
      .compile();
    const sessions = app.get(DocSpaceSessions);
    const credentials = sessions.credentialsOf({ headers: { authorization } });
    if (credentials) expect(await sessions.check(credentials)).toEqual({ status: 'anonymous' });
    expect(questions()).toEqual([]);
  });
});

describe('refused', () => {
  it('is an API key that the portal refuses while it answers anybody', async () => {
    const partial = portal.issueApiKey(ANN.email, { scopes: ['files:read'] });
    expect(await verdictOf(apiKey(partial))).toEqual({ status: 'refused', reason: 'api-key-refused' });
    expect(questions()).toEqual([`GET ${CHECK}`, `GET ${CHECK}`]);
  });

  it('is a caller whom the portal’s IP restriction keeps out', async () => {
    portal.faults.add({
      kind: 'status',
      status: 403,
      body: 'The access to the portal is restricted',
      headers: { 'content-type': 'text/plain' },
    });
    expect(await verdictOf(token(portal.issueToken(ANN.email)))).toEqual({
      status: 'refused',
      reason: 'ip-restricted',
    });
  });
});

describe('unknown', () => {
  const codeOf = (verdict: DocSpaceVerdict): unknown =>
    verdict.status === 'unknown' && {
      code: verdict.error.code,
      ...('reason' in verdict.error && { reason: verdict.error.reason }),
      retryAfterMs: verdict.retryAfterMs,
    };

  it.each<[string, number, string, object]>([
    ['an unpaid portal', 402, '', { code: 'ERR_DOCSPACE_REFUSED', reason: 'payment-required' }],
    [
      'a portal in maintenance',
      403,
      '{"title":"Forbidden","status":403,"traceId":"00"}',
      { code: 'ERR_DOCSPACE_REFUSED', reason: 'portal-maintenance' },
    ],
    [
      'a portal that is gone',
      404,
      '{"title":"Not Found","status":404,"traceId":"00"}',
      { code: 'ERR_DOCSPACE_REFUSED', reason: 'portal-not-found' },
    ],
    ['a portal that fails', 500, '', { code: 'ERR_DOCSPACE_UNAVAILABLE' }],
    ['a gateway without a portal', 502, '<html>', { code: 'ERR_DOCSPACE_UNAVAILABLE' }],
    ['an answer of another kind', 200, '<html>', { code: 'ERR_DOCSPACE_PROTOCOL' }],
    ['an answer without a response', 200, '{"count":0,"status":0,"statusCode":200}', { code: 'ERR_DOCSPACE_PROTOCOL' }],
    ['a yes that is a text', 200, '{"response":"true","status":0,"statusCode":200}', { code: 'ERR_DOCSPACE_PROTOCOL' }],
    ['a 401 to a token', 401, '', { code: 'ERR_DOCSPACE_PROTOCOL' }],
    ['a redirect', 302, '', { code: 'ERR_DOCSPACE_PROTOCOL' }],
  ])('is %s, never anonymous', async (_, status, body, expected) => {
    portal.faults.add({ kind: 'status', status, body });
    expect(codeOf(await verdictOf(token(portal.issueToken(ANN.email))))).toMatchObject(expected);
  });

  it('is an API key while the portal is in maintenance', async () => {
    portal.faults.add({ kind: 'status', status: 403, body: '{"title":"Forbidden","status":403,"traceId":"00"}' });
    expect(codeOf(await verdictOf(apiKey(portal.issueApiKey(ANN.email))))).toMatchObject({
      reason: 'portal-maintenance',
    });
  });

  it('names the time that the portal names', async () => {
    portal.faults.add({ kind: 'status', status: 429, retryAfter: 17 });
    expect(codeOf(await verdictOf(token(portal.issueToken(ANN.email))))).toEqual({
      code: 'ERR_DOCSPACE_REFUSED',
      reason: 'rate-limited',
      retryAfterMs: 17_000,
    });
  });

  it.each(['refuse', 'reset', 'cut-headers', 'cut-body', 'garbage', 'huge'] as const)(
    'is a portal with the fault %s',
    async (kind) => {
      const known = token(portal.issueToken(ANN.email));
      portal.faults.add({ kind });
      const verdict = await verdictOf(known);
      expect(verdict.status).toBe('unknown');
      await portal.faults.clear();
      expect((await verdictOf(known)).status).toBe('authenticated');
    },
  );

  it.each(['silent', 'drip'] as const)('is a portal with the fault %s, in the time that is allowed', async (kind) => {
    portal.faults.add({ kind });
    const verdict = await verdictOf(token(portal.issueToken(ANN.email)), { timeoutMs: 200 });
    expect(codeOf(verdict)).toEqual({ code: 'ERR_DOCSPACE_UNAVAILABLE', retryAfterMs: undefined });
  });
});
