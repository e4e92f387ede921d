import { demoUsers, DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { PLATFORMS, type StartedApp } from '../support/start-app.js';
import { openDoors } from './doors.js';
import { raw } from './raw.js';
import { by } from './stage.js';

jest.setTimeout(30_000);

type Sent = Record<string, string>;

const HOST = { Host: 'app.example.com' };
const site = (value: string): Sent => ({ 'Sec-Fetch-Site': value });

const BODIES: Record<string, object> = {
  '/auth/login': by('user'),
  '/guarded': by('user'),
  '/strategy': by('user'),
  '/auth/code': { challenge: 'x', code: '123456' },
  '/auth/resend': { challenge: 'x' },
  '/auth/phone': { challenge: 'x', mobilePhone: '123456789' },
  '/auth/logout': {},
};

describe.each(PLATFORMS)('a login that is posted on %s', (platform) => {
  let portal: DocSpaceEmulator;
  let app: StartedApp;
  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({ users: demoUsers });
    const trustedOrigins = ['https://trusted.example.com'];
    app = await openDoors(portal, platform, { loginCookie: true, trustedOrigins });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal.stop();
  });

  const post = (path: string, headers: Sent) => raw(app, 'POST', path, { ...HOST, ...headers }, BODIES[path]);

  describe.each(Object.keys(BODIES))('to %s', (path) => {
    it.each<[from: string, headers: Sent]>([
      ['another origin', { Origin: 'https://evil.example' }],
      ['an opaque origin', { Origin: 'null' }],
      ['a neighbour', { Origin: 'https://www.app.example.com', ...site('same-site') }],
      ['another site, by Sec-Fetch-Site alone', site('cross-site')],
      ['another site that claims our origin', { Origin: 'https://app.example.com', ...site('cross-site') }],
      ['a form of another site, with the cookie', { Origin: 'https://evil.example', Cookie: 'asc_auth_key=token' }],
    ])('is refused from %s', async (_from, headers) => {
      const asked = portal.journal.length;
      const { status, body, cookies } = await post(path, headers);
      expect(JSON.parse(body)).toEqual({
        statusCode: 403,
        code: 'ERR_DOCSPACE_REFUSED',
        reason: 'cross-site',
        message: 'Not allowed',
      });
      expect([status, cookies]).toEqual([403, []]);
      expect(portal.journal).toHaveLength(asked);
    });

    it.each<[from: string, headers: Sent]>([
      ['the own origin', { Origin: 'https://app.example.com' }],
      ['the own page, behind a proxy that renames us', { Origin: 'https://public.example', ...site('same-origin') }],
      ['the user himself', site('none')],
      ['a trusted origin', { Origin: 'https://trusted.example.com', ...site('cross-site') }],
      ['a client that is no browser', {}],
    ])('is taken from %s', async (_from, headers) => {
      const { status } = await post(path, headers);
      expect(status).toBe(/code|resend|phone/.test(path) ? 401 : 200);
    });
  });
});
