import { Portals } from '../../lib/auth/portal.js';
import { type PortalSettings, PortalSettingsReader } from '../../lib/auth/portal-settings.js';
import { Clock } from '../login/stage.js';
import { answered, bare, failed, invalid, problem } from '../support/answers.js';
import { type RawAnswer, RawServer } from '../support/raw-server.js';
import { rejectionOf } from '../support/rejections.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const HASH = { size: 256, iterations: 100_000, salt: 'salt' };
const SETTINGS = '/api/2.0/settings';
const CAPABILITIES = '/api/2.0/capabilities';

describe("A portal's settings", () => {
  let clock: Clock;
  let server: RawServer;
  let app: StartedModule;
  let answers: Record<string, RawAnswer>;
  beforeEach(async () => {
    clock = new Clock();
    tell();
    server = await RawServer.start(({ url }) => answers[url]);
    const other = { portalUrl: `${server.url}/other` };
    app = await anApp().at(server.url).with({ portals: { other } }).compile();
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    clock[Symbol.dispose]();
  });

  /** What the portal says of itself from now on. */
  function tell(settings: object = {}, capabilities: object = {}, path = ''): void {
    const [ofSettings, ofCapabilities] = [{ passwordHash: HASH, ...settings }, capabilities].map((told) =>
      answered(JSON.stringify(told), 'GET'),
    );
    answers = { ...answers, [path + SETTINGS]: ofSettings ?? {}, [path + CAPABILITIES]: ofCapabilities ?? {} };
  }
  const read = (portal?: string): Promise<PortalSettings> =>
    app.get(PortalSettingsReader).of(app.get(Portals).get(portal));
  /** How often each path was asked for. */
  const asked = (path: string): number => server.requests.filter(({ url }) => url === path).length;

  it.each<[settings: object, capabilities: object, read: object]>([
    [{}, {}, { ldap: false, captcha: false }],
    [{ recaptchaPublicKey: 'key' }, { ldapEnabled: true }, { ldap: true, captcha: true }],
    [{ recaptchaPublicKey: '' }, { ldapEnabled: false }, { ldap: false, captcha: false }],
    [{ recaptchaPublicKey: null }, { ldapEnabled: 'true' }, { ldap: false, captcha: false }],
    [{ recaptchaPublicKey: true }, { ldapEnabled: null }, { ldap: false, captcha: false }],
  ])('of %j and the capabilities %j are read as %j', async (settings, capabilities, expected) => {
    tell(settings, capabilities);
    await expect(read()).resolves.toEqual({ passwordHash: HASH, ...expected });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it.each<[what: string, answer: RawAnswer, refused: object]>([
    ['no parameters', answered('{}'), { message: `GET ${SETTINGS}: no usable passwordHash parameters` }],
    ['nothing', answered('null'), { message: `GET ${SETTINGS}: the answer cannot be read (200)` }],
    ['text', answered('"text"'), { message: `GET ${SETTINGS}: the answer cannot be read (200)` }],
    ['no envelope', bare(200, '{}'), { message: `GET ${SETTINGS}: the answer cannot be read (200)` }],
    ['a page', bare(200, '<p>'), { message: `GET ${SETTINGS}: the answer cannot be read (200)` }],
    [
      'another status',
      { ...answered(JSON.stringify({ passwordHash: HASH })), status: 201 },
      { message: `GET ${SETTINGS}: the answer cannot be read (201)` },
    ],
    ['401', bare(401), { reason: 'invalid-credentials' }],
    ['402', bare(402), { reason: 'payment-required' }],
    ['403 without an exception', problem(403), { reason: 'portal-maintenance' }],
    ['403 with one', failed(403, 'no', 'System.Exception'), { code: 'ERR_DOCSPACE_UNAVAILABLE' }],
    ['404 with one', failed(404, 'no', 'System.Exception'), { code: 'ERR_DOCSPACE_PROTOCOL' }],
    ['a page that is not found', bare(404, '<p>'), { reason: 'portal-not-found' }],
    ['400', invalid(), { reason: 'invalid-request' }],
    ['500', failed(500, 'no', 'System.FormatException'), { code: 'ERR_DOCSPACE_UNAVAILABLE' }],
  ])('cannot be had where it answers %s', async (_what, answer, refused) => {
    answers[SETTINGS] = answer;
    expect(await rejectionOf(read())).toMatchObject(refused);
    tell();
    await expect(read()).resolves.toMatchObject({ passwordHash: HASH });
  });

  it('cannot be had without the capabilities', async () => {
    answers[CAPABILITIES] = bare(404, '<p>');
    const refused = { reason: 'portal-not-found', endpoint: `GET ${CAPABILITIES}` };
    expect(await rejectionOf(read())).toMatchObject(refused);
  });

  it('are asked for once more where something in between did not reach the portal', async () => {
    server.answer(({ url }) => (asked(url) === 1 ? bare(502) : answers[url]));
    await expect(read()).resolves.toMatchObject({ passwordHash: HASH });
    expect([asked(SETTINGS), asked(CAPABILITIES)]).toEqual([2, 2]);
  });

  it('are asked for once, by however many logins, and again after ten minutes', async () => {
    await Promise.all([read(), read(), read()]);
    clock.forward(599_999);
    await read();
    expect([asked(SETTINGS), asked(CAPABILITIES)]).toEqual([1, 1]);
    clock.forward(1);
    tell({ recaptchaPublicKey: 'key' });
    await expect(Promise.all([read(), read()])).resolves.toMatchObject([{ captcha: true }, { captcha: true }]);
    expect([asked(SETTINGS), asked(CAPABILITIES)]).toEqual([2, 2]);
  });

  it('are the older ones while they cannot be had again, which is tried every half minute', async () => {
    await read();
    clock.forward(600_000);
    answers[SETTINGS] = bare(404, '<p>');
    await expect(Promise.all([read(), read()])).resolves.toMatchObject([{ captcha: false }, { captcha: false }]);
    clock.forward(29_999);
    await expect(read()).resolves.toMatchObject({ captcha: false });
    expect(asked(SETTINGS)).toBe(2);
    clock.forward(1);
    tell({ recaptchaPublicKey: 'key' });
    await expect(read()).resolves.toMatchObject({ captcha: true });
    expect(asked(SETTINGS)).toBe(3);
  });

  it('are those of each portal for itself', async () => {
    tell({ recaptchaPublicKey: 'key' }, {}, '/other');
    await expect(Promise.all([read(), read('other')])).resolves.toMatchObject([{ captcha: false }, { captcha: true }]);
    await expect(Promise.all([read(), read('other')])).resolves.toMatchObject([{ captcha: false }, { captcha: true }]);
    expect([asked(SETTINGS), asked(`/other${SETTINGS}`)]).toEqual([1, 1]);
  });
});
