import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { DocSpaceAuthGuard } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, PLATFORMS, type StartedApp } from '../support/start-app.js';

jest.setTimeout(30_000);

@Controller()
@UseGuards(DocSpaceAuthGuard)
class Routes {
  @Get()
  read(): string {
    return 'read';
  }
  @Post()
  write(): string {
    return 'written';
  }
}

type Sent = Record<string, string>;

describe.each(PLATFORMS)('requests from other sites, on %s', (platform) => {
  let portal: DocSpaceEmulator;
  let app: StartedApp;
  let token: string;

  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com' }] });
    token = portal.issueToken('user@example.com');
    app = await anApp()
      .at(portal.url)
      .on(platform)
      .with({ trustedOrigins: ['https://trusted.example.com'] })
      .controllers(Routes)
      .start();
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal.stop();
  });

  /** To the letter: browsers decide about these headers, and fetch would not let them be set. */
  async function send(method: string, headers: Sent): Promise<number> {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    const lines = Object.entries({ Host: 'app.example.com', ...headers }).map(([name, value]) => `${name}: ${value}`);
    socket.write([`${method} / HTTP/1.1`, ...lines, 'Content-Length: 0', 'Connection: close', '', ''].join('\r\n'));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    await once(socket, 'close');
    return Number(answer.split(' ')[1]);
  }

  const cookie = (): Sent => ({ Cookie: `theme=dark; asc_auth_key=${encodeURIComponent(token)}` });
  const own = { Origin: 'https://app.example.com' };
  const evil = { Origin: 'https://evil.example' };
  const trusted = { Origin: 'https://trusted.example.com' };
  const site = (value: string): Sent => ({ 'Sec-Fetch-Site': value });

  it.each<[string, Sent, number]>([
    ['neither header: no browser', {}, 201],
    ['the own origin', own, 201],
    ['the own origin, whose case differs', { Origin: 'https://APP.example.com' }, 201],
    ['another origin', evil, 403],
    ['another port', { Origin: 'https://app.example.com:8443' }, 403],
    ['another subdomain', { Origin: 'https://www.app.example.com' }, 403],
    ['an origin that ends like ours', { Origin: 'https://evilapp.example.com' }, 403],
    ['an opaque origin', { Origin: 'null' }, 403],
    ['an origin that is none', { Origin: 'app.example.com' }, 403],
    ['a trusted origin', trusted, 201],
    ['a trusted origin over http', { Origin: 'http://trusted.example.com' }, 403],
    ['Sec-Fetch-Site: same-origin', site('same-origin'), 201],
    ['Sec-Fetch-Site: none, which is the user', site('none'), 201],
    ['Sec-Fetch-Site: same-site', site('same-site'), 403],
    ['Sec-Fetch-Site: cross-site', site('cross-site'), 403],
    ['Sec-Fetch-Site: something new', site('elsewhere'), 403],
    ['cross-site from a trusted origin', { ...trusted, ...site('cross-site') }, 201],
    ['cross-site with the own origin, behind a proxy that renames', { ...own, ...site('cross-site') }, 403],
    ['same-origin with another origin, behind a proxy that renames', { ...evil, ...site('same-origin') }, 201],
  ])('answer a POST with the cookie by where it came from: %s', async (_from, headers, status) => {
    await expect(send('POST', { ...cookie(), ...headers })).resolves.toBe(status);
  });

  it.each<[string, Sent]>([
    ['evil origin', evil],
    ['cross-site', site('cross-site')],
  ])('may read, since the browser keeps the answer from their pages: %s', async (_from, headers) => {
    await expect(send('GET', { ...cookie(), ...headers })).resolves.toBe(200);
  });

  it('may write with a header, which their pages must have been given', async () => {
    const headers = { Authorization: `Bearer ${token}`, ...evil, ...site('cross-site') };
    await expect(send('POST', headers)).resolves.toBe(201);
    await expect(send('POST', { ...headers, ...cookie() })).resolves.toBe(201);
  });

  it('may not write with the cookie when the header holds no credentials', async () => {
    await expect(send('POST', { Authorization: 'Negotiate abc', ...cookie(), ...evil })).resolves.toBe(403);
  });

  it('are refused without asking the portal', async () => {
    const asked = portal.journal.length;
    await send('POST', { Cookie: `asc_auth_key=${portal.issueToken('user@example.com')}`, ...evil });
    expect(portal.journal).toHaveLength(asked);
  });
});
