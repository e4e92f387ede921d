import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent } from 'node:https';
import { type AxiosAdapter, getAdapter } from 'axios';
import { type DocSpaceBreakerEvent, DocSpaceAuthService, type DocSpaceAuthModuleOptions } from 'nestjs-docspace-auth';
import { absoluteUrl, Portals } from '../../lib/auth/portal.js';
import { answerOf, type PortalAnswer } from '../../lib/auth/transport.js';
import { hashKey } from '../../lib/auth/session-key.js';
import { answered } from '../support/answers.js';
import { selfSigned } from '../support/certificate.js';
import { type RawRequest, RawServer } from '../support/raw-server.js';
import { refusalOfCall, rejectionOf } from '../support/rejections.js';
import { anApp } from '../support/start-app.js';
import { Heard } from '../telemetry/heard.js';

/** What a portal receives for a check, with the given options of a module beside its address. */
async function received(optionsAt: (url: string) => DocSpaceAuthModuleOptions): Promise<RawRequest> {
  await using portal = await RawServer.start(answered('true'));
  await using app = await anApp().with(optionsAt(portal.url)).compile();
  await app.get(DocSpaceAuthService).getIsAuthentificated();
  return portal.last;
}

describe('a portal', () => {
  describe('at its address', () => {
    it.each(['', '/'])('behind the host: "%s"', async (tail) => {
      const { url, headers } = await received((portal) => ({ portalUrl: portal + tail }));
      expect(url).toBe('/api/2.0/authentication');
      expect(headers).not.toHaveProperty('x-forwarded-proto');
    });

    it.each(['/docspace', '/docspace/', '/docspace//'])('behind a path: %s', async (path) => {
      const { url } = await received((portal) => ({ portalUrl: portal + path }));
      expect(url).toBe('/docspace/api/2.0/authentication');
    });

    it('names the port in Host', async () => {
      const { headers } = await received((portalUrl) => ({ portalUrl }));
      expect(headers['host']?.[0]).toMatch(/^127\.0\.0\.1:\d+$/);
    });
  });

  describe('at its internal address', () => {
    it('is told by Host and X-Forwarded-Proto which public one is meant', async () => {
      const { url, headers } = await received((internalUrl) => ({
        portalUrl: 'https://docspace.example.com/',
        internalUrl,
      }));
      expect(url).toBe('/api/2.0/authentication');
      expect(headers['host']).toEqual(['docspace.example.com']);
      expect(headers['x-forwarded-proto']).toEqual(['https']);
    });

    it('hears the public port, and its own path', async () => {
      const { url, headers } = await received((internal) => ({
        portalUrl: 'https://docspace.example.com:8443/public',
        internalUrl: `${internal}/inside/`,
      }));
      expect(url).toBe('/inside/api/2.0/authentication');
      expect(headers['host']).toEqual(['docspace.example.com:8443']);
    });
  });

  describe('with a certificate of a company’s own', () => {
    it('is refused', async () => {
      await using portal = await RawServer.start(answered('true'), selfSigned());
      await using app = await anApp().at(portal.url).compile();
      const error = await rejectionOf(app.get(DocSpaceAuthService).getIsAuthentificated());
      expect(error).toMatchObject({
        code: 'ERR_DOCSPACE_UNAVAILABLE',
        message: expect.stringContaining('SELF_SIGNED') as string,
      });
      expect(portal.requests).toHaveLength(0);
    });

    it('is refused with another authority', async () => {
      await using portal = await RawServer.start(answered('true'), selfSigned());
      await using app = await anApp()
        .at(portal.url)
        .with({ http: { ca: selfSigned().cert } })
        .compile();
      expect(await refusalOfCall(app.get(DocSpaceAuthService).getIsAuthentificated())).toMatchObject({
        class: 'DocSpaceUnavailableError',
      });
      expect(portal.requests).toHaveLength(0);
    });

    it.each(['ca', 'agent'])('is reached when its authority is known (by %s)', async (by) => {
      const pair = selfSigned();
      await using portal = await RawServer.start(answered('true'), pair);
      const http = by === 'ca' ? { ca: pair.cert } : { httpsAgent: new Agent({ ca: pair.cert }) };
      await using app = await anApp().at(portal.url).with({ http }).compile();
      await expect(app.get(DocSpaceAuthService).getIsAuthentificated()).resolves.toMatchObject({ response: true });
    });

    it('is refused under a name that the certificate does not hold', async () => {
      const pair = selfSigned();
      await using portal = await RawServer.start(answered('true'), pair);
      const at = { portalUrl: 'https://docspace.example.com', internalUrl: portal.url };
      await using app = await anApp()
        .with({ ...at, http: { ca: pair.cert } })
        .compile();
      const error = await rejectionOf(app.get(DocSpaceAuthService).getIsAuthentificated());
      expect(error).toMatchObject({ message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') as string });
    });
  });
});

describe('the portals of an application', () => {
  const PUBLIC = 'https://docspace.example.com';
  const several = { portalUrl: `${PUBLIC}/`, portals: { sales: { portalUrl: 'https://sales.example.com/docs//' } } };

  it('are known by name, the default one first and without a name', async () => {
    await using app = await anApp().with(several).compile();
    const portals = app.get(Portals);
    expect(portals.all().map(({ name, publicUrl }) => [name, publicUrl])).toEqual([
      ['default', PUBLIC],
      ['sales', 'https://sales.example.com/docs'],
    ]);
    expect([portals.get(), portals.get('default'), portals.get('sales')]).toEqual([
      portals.all()[0],
      portals.all()[0],
      portals.all()[1],
    ]);
    expect(() => portals.get('nowhere')).toThrow(new TypeError('portal: must be one of default, sales'));
    expect(() => portals.get('')).toThrow(TypeError);
  });

  it('name sessions by secret, portal and public address, with the newest secret first', async () => {
    const secrets = ['the newest secret of this application', 'an older secret of this application!!'] as const;
    await using app = await anApp()
      .with({ ...several, secret: [...secrets] })
      .compile();
    const { hashKeys } = app.get(Portals).get('sales');
    expect(hashKeys).toEqual(secrets.map((secret) => hashKey(secret, 'sales', 'https://sales.example.com/docs')));
  });

  it('tell by name when their breaker changes', async () => {
    await using app = await anApp().with(several).compile();
    using breaker = new Heard<DocSpaceBreakerEvent>('docspace:breaker');
    const { resilience } = app.get(Portals).get('sales');
    const failing = (): Promise<PortalAnswer> => Promise.resolve(answerOf(502, {}, ''));
    for (let count = 0; count < 5; count++)
      await resilience.run({ endpoint: 'POST /', method: 'POST', path: '/' }, failing);
    expect(breaker.events).toEqual([{ portal: 'sales', state: 'open' }]);
  });

  it('close their sockets when everything under way has come to its end, at every portal', async () => {
    await using app = await anApp().with(several).compile();
    const portals = app.get(Portals);
    const { resilience, transport } = portals.get('sales');
    const closed = jest.spyOn(transport, 'close');
    let letGo: (answer: PortalAnswer) => void = () => undefined;
    const answer = resilience.run(
      { endpoint: 'GET /', method: 'GET', path: '/' },
      () => new Promise((resolve) => (letGo = resolve)),
    );
    const closing = portals.close();
    await new Promise(setImmediate);
    expect(closed).not.toHaveBeenCalled();
    letGo(answerOf(200, {}, ''));
    await closing;
    expect(closed).toHaveBeenCalledTimes(1);
    expect((await answer).status).toBe(200);
    await expect(
      portals.get().resilience.run({ endpoint: 'GET /', method: 'GET', path: '/' }, () => answer),
    ).rejects.toThrow('the application is closing');
  });
});

describe('a portal is asked', () => {
  /** Whether undici made the call, and whether the adapter did. */
  async function madeBy(httpOf: (proxy: { host: string; port: number }, adapter: AxiosAdapter) => object) {
    await using portal = await RawServer.start(answered('true'));
    const { hostname: host, port } = new URL(portal.url);
    const by: string[] = [];
    const adapter: AxiosAdapter = (config) => {
      by.push('adapter');
      return getAdapter('http')(config);
    };
    const undici = (): void => void by.push('undici');
    subscribe('undici:request:create', undici);
    try {
      const http = httpOf({ host, port: Number(port) }, adapter);
      await using app = await anApp().at(portal.url).with({ http }).compile();
      await app.get(DocSpaceAuthService).getIsAuthentificated();
      return [portal.last.url.replace(portal.url, 'proxied '), ...by];
    } finally {
      unsubscribe('undici:request:create', undici);
    }
  }

  it.each<[how: string, httpOf: Parameters<typeof madeBy>[0], made: string[]]>([
    ['over node:http', () => ({}), ['/api/2.0/authentication']],
    ['over undici', () => ({ adapter: 'undici' }), ['/api/2.0/authentication', 'undici']],
    ['over a given adapter', (_, adapter) => ({ adapter }), ['/api/2.0/authentication', 'adapter']],
    ['through a proxy', (proxy) => ({ proxy: { protocol: 'http', ...proxy } }), ['proxied /api/2.0/authentication']],
  ])('%s where the options say so', async (_, httpOf, made) => {
    expect(await madeBy(httpOf)).toEqual(made);
  });
});

describe('an address that a portal names', () => {
  it.each<[url: string, means: string | undefined]>([
    ['/sso/slo?data=x', 'https://docspace.example.com/sso/slo?data=x'],
    ['sso', 'https://docspace.example.com/docs/sso'],
    ['https://elsewhere.example.com/slo', 'https://elsewhere.example.com/slo'],
    ['http://elsewhere.example.com/slo', 'http://elsewhere.example.com/slo'],
    ['//elsewhere.example.com', 'https://elsewhere.example.com/'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['mailto:ann@example.com', undefined],
    ['https://', undefined],
    ['http://[', undefined],
  ])('is absolute, or none: %s', async (url, means) => {
    await using app = await anApp().at('https://docspace.example.com/docs/x').compile();
    expect(absoluteUrl(url, app.get(Portals).get())).toBe(means);
  });
});
