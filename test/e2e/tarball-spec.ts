/** A user's own spec; `matrix.mjs` copies it into every test setup, and runs it there against the installed tarball. */
import 'reflect-metadata';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  CurrentUser,
  DocSpaceAuthModule,
  type DocSpaceAuthModuleOptions,
  DocSpaceSessions,
  type DocSpaceUser,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator, signInAs } from 'nestjs-docspace-auth/testing';

@Controller()
class Profile {
  constructor(private readonly sessions: DocSpaceSessions) {}

  @Get('email')
  email(@CurrentUser() { email }: DocSpaceUser): string {
    return email;
  }

  @Get('remembered')
  remembered(): number {
    return this.sessions.statistics().remembered;
  }
}

describe('a user’s application', () => {
  let app: INestApplication;

  async function started(options: DocSpaceAuthModuleOptions): Promise<INestApplication> {
    const module = await Test.createTestingModule({
      imports: [DocSpaceAuthModule.forRoot({ ...options, globalGuard: true, routes: 'auth' })],
      controllers: [Profile],
    }).compile();
    app = module.createNestApplication();
    return app.listen(0, '127.0.0.1') as Promise<INestApplication>;
  }

  async function answered(path: string, init: RequestInit = {}): Promise<string> {
    const response = await fetch(`${await app.getUrl()}/${path}`, init);
    return `${response.status} ${response.ok ? await response.text() : ''}`.trim();
  }

  afterEach(() => app.close());

  it('knows Ann without a portal', async () => {
    await started({ portalUrl: 'http://127.0.0.1:9' });
    const { headers } = signInAs(app, { email: 'ann@example.com' });
    expect(await answered('email', { headers })).toBe('200 ann@example.com');
    expect(await answered('email')).toBe('401');
  });

  it('asks a mocked portal', async () => {
    const asked: string[] = [];
    await started({
      portalUrl: 'http://127.0.0.1:9',
      http: {
        adapter(config) {
          const { method = '', url = '', headers } = config;
          asked.push(`${method} ${url}`);
          const data = JSON.stringify({ response: headers.get('cookie') === 'asc_auth_key=dG9rZW4' });
          return Promise.resolve({ status: 200, statusText: 'OK', headers: {}, config, data });
        },
      },
    });
    expect(await answered('remembered', { headers: { authorization: 'Bearer dG9rZW4' } })).toBe('200 1');
    expect(await answered('remembered', { headers: { authorization: 'Bearer bm8' } })).toBe('401');
    expect(asked).toEqual(Array(2).fill('get http://127.0.0.1:9/api/2.0/authentication'));
  });

  it('signs in at an emulated portal, and takes its outage for no log-out', async () => {
    const portal = await DocSpaceEmulator.start({ users: [{ email: 'ann@example.com', password: 'secret' }] });
    try {
      await started({ portalUrl: portal.url, sessions: { ttlMs: 0 } });
      const login = await fetch(`${await app.getUrl()}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName: 'ann@example.com', password: 'secret' }),
      });
      const { token } = (await login.json()) as { token: string };
      const headers = { authorization: `Bearer ${token}` };
      expect(await answered('email', { headers })).toBe('200 ann@example.com');
      portal.faults.add({ kind: 'refuse' });
      expect(await answered('email', { headers })).toBe('503');
      await portal.faults.clear();
      expect(await answered('auth/logout', { method: 'POST', headers })).toMatch(/^200/);
      expect(await answered('email', { headers })).toBe('401');
    } finally {
      await portal.stop();
    }
  });
});
