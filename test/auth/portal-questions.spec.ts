import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { AxiosAdapter } from 'axios';
import { DocSpaceCredentials } from 'nestjs-docspace-auth';
import { Portals } from '../../lib/auth/portal.js';
import { PortalClient, type PortalQuestion } from '../../lib/auth/portal-client.js';
import { PortalNotAskedError, PortalTimeoutError } from '../../lib/auth/resilience.js';
import { rejectionOf, SECRETS } from '../support/rejections.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const credentials = DocSpaceCredentials.token(SECRETS.token);

describe('a question', () => {
  const question: PortalQuestion = { endpoint: 'POST /route/{code}', method: 'POST', path: '/path' };
  const started: AsyncDisposable[] = [];
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const one of started.splice(0).reverse()) await one[Symbol.asyncDispose]();
  });

  /** Asks one question over an adapter that the application brings. */
  async function askingOver(adapter: AxiosAdapter, timeoutMs = 5000) {
    const app = await anApp().with({ timeoutMs, http: { adapter } }).compile();
    started.push(app);
    const portal = app.get(Portals).get();
    return (given: Partial<PortalQuestion> = {}) => app.get(PortalClient).ask(portal, { ...question, ...given });
  }

  const good: AxiosAdapter = (config) =>
    Promise.resolve({ data: 'hello', status: 200, statusText: '', headers: {}, config });
  /** Answers never, and ends with its signal. */
  const silent: AxiosAdapter = ({ signal }) =>
    new Promise((_, reject) => {
      signal?.addEventListener?.('abort', () => reject(new Error('canceled')));
    });
  const failing =
    (reason: unknown): AxiosAdapter =>
    () =>
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      Promise.reject(reason);

  it('goes to its path below the portal’s, with its body as JSON, and brings the answer', async () => {
    const sent: unknown[] = [];
    const ask = await askingOver((config) => {
      sent.push([config.method, config.url, config.data]);
      return good(config);
    }, 5000);
    const { status, text } = await ask({ body: { a: 'ä' } });
    await ask({ method: 'GET' });
    expect([status, text]).toEqual([200, 'hello']);
    expect(sent).toEqual([
      ['post', 'http://127.0.0.1:9/path', '{"a":"ä"}'],
      ['get', 'http://127.0.0.1:9/path', undefined],
    ]);
  });

  it('ends with its caller’s signal and for its reason, before it is sent or after', async () => {
    const adapter = jest.fn(silent);
    const ask = await askingOver(adapter);
    const gone = new Error('gone');
    expect(await rejectionOf(ask({ signal: AbortSignal.abort(gone) }))).toBe(gone);
    expect(adapter).not.toHaveBeenCalled();
    const caller = new AbortController();
    const asked = ask({ signal: caller.signal });
    caller.abort(gone);
    expect(await rejectionOf(asked)).toBe(gone);
  });

  it('is an outage when it takes too long, and none when its caller gives up', async () => {
    const ask = await askingOver(silent, 20);
    const { resilience } = (started.at(-1) as StartedModule).get(Portals).get();
    for (let count = 0; count < 6; count++) {
      const caller = new AbortController();
      const asked = ask({ signal: caller.signal });
      caller.abort(new Error('gone'));
      await rejectionOf(asked);
      await setImmediate();
    }
    expect(resilience.state).toBe('closed');
    for (let count = 0; count < 12; count++) await rejectionOf(ask());
    await setImmediate();
    expect(resilience.state).toBe('open');
  });

  describe('has the headers', () => {
    /** What an adapter is told to send for a question. */
    async function headersOf(given: Partial<PortalQuestion>): Promise<Record<string, unknown>> {
      const seen: Record<string, unknown>[] = [];
      const ask = await askingOver((config) => {
        seen.push(config.headers.toJSON());
        return good(config);
      });
      await ask(given);
      return seen[0] ?? {};
    }
    const ALWAYS = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'nestjs-docspace-auth' };

    it('that say what we read, and who asks', async () => {
      expect(await headersOf({})).toEqual(ALWAYS);
    });

    it('that say what the body is', async () => {
      expect(await headersOf({ body: {} })).toEqual({ ...ALWAYS, 'content-type': 'application/json' });
    });

    it('that say who presents what', async () => {
      expect(await headersOf({ credentials })).toEqual({ ...ALWAYS, ...credentials.headers() });
    });

    it.each<[client: object, headers: object]>([
      [
        { address: '192.0.2.7', userAgent: 'x' },
        { 'x-forwarded-for': '192.0.2.7', 'user-agent': 'x' },
      ],
      [{ address: '2001:db8::7' }, { 'x-forwarded-for': '2001:db8::7' }],
      [{ userAgent: `${'x'.repeat(510)} ~` }, { 'user-agent': `${'x'.repeat(510)} ~` }],
      [{ address: '', userAgent: '' }, {}],
      [{ address: 'localhost', userAgent: 'x'.repeat(513) }, {}],
      [{ address: '192.0.2.7, 192.0.2.8', userAgent: 'line\n' }, {}],
      [{ address: '192.0.2.256', userAgent: '\nline' }, {}],
      [{ userAgent: 'ä' }, {}],
      [{}, {}],
    ])('that say whom it is asked for, if that is an address and a user agent: %j', async (client, headers) => {
      expect(await headersOf({ client })).toEqual({ ...ALWAYS, ...headers });
    });
  });

  describe('that fails', () => {
    const errorOf = async (reason: unknown): Promise<unknown> => rejectionOf((await askingOver(failing(reason)))());
    const withCode = (code: unknown): Error => Object.assign(new Error(`${SECRETS.password} was sent`), { code });

    it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])(
      'was not asked, where no connection stood: %s',
      async (code) => {
        const error = await errorOf(withCode(code));
        expect(error).toBeInstanceOf(PortalNotAskedError);
        expect(error).toMatchObject({
          message: `POST /route/{code}: no answer from the portal (${code})`,
          endpoint: 'POST /route/{code}',
        });
      },
    );

    it.each(['ECONNRESET', 'EPIPE', 'MY_HPE_ERROR', 'ERR_UNREADABLE_STREAM', 'ABC', `E${'X'.repeat(60)}`])(
      'got no answer, by the code of a transport: %s',
      async (code) => {
        const error = await errorOf(withCode(code));
        expect(error).not.toBeInstanceOf(PortalNotAskedError);
        expect(error).toMatchObject({
          code: 'ERR_DOCSPACE_UNAVAILABLE',
          message: `POST /route/{code}: no answer from the portal (${code})`,
        });
      },
    );

    it.each([
      ...['ERR_UNREADABLE', 'HPE_INVALID_CONSTANT', 'UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'],
      ...['Z_DATA_ERROR', 'ERR_INVALID_CHAR', 'ERR_INVALID_PROTOCOL', 'ERR_FR_TOO_MANY_REDIRECTS'],
    ])('got what cannot be read: %s', async (code) => {
      expect(await errorOf(withCode(code))).toMatchObject({
        code: 'ERR_DOCSPACE_PROTOCOL',
        message: `POST /route/{code}: the answer cannot be read (${code})`,
        endpoint: 'POST /route/{code}',
      });
    });

    it.each<[what: string, reason: unknown]>([
      ['no code', new Error('words')],
      ['a code that is no text', withCode(7)],
      ['a code in a list', withCode(['ECONNRESET'])],
      ['a short code', withCode('AB')],
      ['a long code', withCode(`E${'X'.repeat(61)}`)],
      ['a code in lower case', withCode('econnreset')],
      ['a code behind a secret', withCode(`${SECRETS.password} ECONNRESET`)],
      ['a code before a secret', withCode(`ECONNRESET ${SECRETS.password}`)],
      ['a code of what is no error', { code: 'ECONNRESET', message: 'maxContentLength' }],
      ['nothing', undefined],
      ['null', null],
      ['a text', 'ECONNRESET'],
      ['words about a length', new Error('no maxContentLength')],
    ])('shows no more than that there was no connection, by an error with %s', async (_, reason) => {
      expect(await errorOf(reason)).toMatchObject({
        code: 'ERR_DOCSPACE_UNAVAILABLE',
        message: 'POST /route/{code}: no answer from the portal (no connection)',
      });
    });

    it('by an answer that is too long for axios cannot be read', async () => {
      const error = Object.assign(new Error('maxContentLength size of 262144 exceeded'), { code: 'ERR_BAD_RESPONSE' });
      expect(await errorOf(error)).toMatchObject({ code: 'ERR_DOCSPACE_PROTOCOL' });
    });
  });

  it('with credentials that nobody has is not asked', async () => {
    const adapter = jest.fn(good);
    const ask = await askingOver(adapter);
    const error = await rejectionOf(ask({ credentials: DocSpaceCredentials.presented('api-key', 'sk-') }));
    expect(error).toMatchObject({
      reason: 'invalid-credentials',
      message: 'POST /route/{code}: not asked, nobody has such credentials',
      endpoint: 'POST /route/{code}',
    });
    expect(adapter).not.toHaveBeenCalled();
  });

  it('that takes too long says so, with its endpoint', async () => {
    const ask = await askingOver(silent, 20);
    const error = await rejectionOf(ask());
    expect(error).toBeInstanceOf(PortalTimeoutError);
    expect(error).toMatchObject({
      message: 'POST /route/{code}: no complete answer within 20 ms',
      endpoint: 'POST /route/{code}',
    });
  });

  it('is not asked again when its time is over meanwhile', async () => {
    const adapter = jest.fn(failing(new Error('lost')));
    const ask = await askingOver(adapter, 20);
    expect(await rejectionOf(ask({ method: 'GET' }))).toBeInstanceOf(PortalTimeoutError);
    await (started.at(-1) as StartedModule).get(Portals).close();
    expect(adapter).toHaveBeenCalledTimes(1);
  });

  it.each<[how: string, adapter: AxiosAdapter]>([
    ['an answer', good],
    ['a failure', failing(new Error('lost'))],
    ['an abort', silent],
  ])('leaves no timer and no listener behind after %s', async (how, adapter) => {
    const ask = await askingOver(adapter, 4321);
    const caller = new AbortController();
    const [begun, cleared] = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'clearTimeout')];
    const asked = ask({ signal: caller.signal }).catch(() => undefined);
    const timer: unknown = begun.mock.results[begun.mock.calls.findIndex(([, ms]) => ms === 4321)]?.value;
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(1);
    if (how === 'an abort') caller.abort(new Error('gone'));
    await asked;
    await setImmediate();
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    expect(cleared.mock.calls.some(([one]) => one !== undefined && one === timer)).toBe(true);
  });
});
