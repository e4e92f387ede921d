import { Agent } from 'node:https';
import { DocSpaceAuthService, type DocSpaceAuthModuleOptions } from 'nestjs-docspace-auth';
import { answered } from '../support/answers.js';
import { selfSigned } from '../support/certificate.js';
import { type RawRequest, RawServer } from '../support/raw-server.js';
import { refusalOfCall, rejectionOf } from '../support/rejections.js';
import { anApp } from '../support/start-app.js';

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
