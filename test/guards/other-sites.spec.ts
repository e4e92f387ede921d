import { type INestApplication, Controller, Get, Header, Post, UseGuards } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { AllowAnonymous, DocSpaceAuthGuard } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser } from '../sample-app/browser.js';
import { RawServer } from '../support/raw-server.js';
import type { StartedApp } from '../support/start-app.js';
import { startApp, wsUrl } from './access/driver.js';
import { tableIn } from './access-table.js';
import { chat } from './sockets.js';

@Controller()
@UseGuards(DocSpaceAuthGuard)
class Routes {
  @AllowAnonymous()
  @Header('content-type', 'text/html')
  @Get('page')
  page(): string {
    return PAGE;
  }
  @Get('read')
  read(): string {
    return 'read';
  }
  @Post('write')
  write(): string {
    return 'written';
  }
}

const PAGE = '<!doctype html><title>a page</title><body></body>';
const HTML = { 'content-type': 'text/html' };
const SANDBOX = { 'content-security-policy': 'sandbox allow-scripts allow-forms' };

/** An origin of the loopback interface by its other name, which browsers take for another site. */
const atLocalhost = (url: string): string => url.replace('127.0.0.1', 'localhost');

const COOKIES = {
  'Pages of other sites': { sameSite: 'none', secure: true },
  'The same with SameSite=Lax': {},
} as const;

const HEADINGS = Object.keys(COOKIES) as (keyof typeof COOKIES)[];
const columns = HEADINGS.flatMap((heading) => {
  const [rows, names] = [tableIn('access.md', heading), Object.keys(tableIn('access.md', heading)[0] ?? {}).slice(1)];
  return names.map((from) => ({
    heading,
    from,
    outcomes: Object.fromEntries(rows.map(({ by = '', [from]: outcome }) => [by, outcome])),
  }));
});

/** Where the cookie counts: HTTP and socket.io at one address, `ws` at another port, which a cookie does not tell apart. */
interface Site {
  readonly http: string;
  readonly ws: string;
  readonly token: string;
}

/** Does something to the site from a page, and tells what came of it. */
type Way = (page: Page, site: Site) => Promise<string>;

/** Puts a link or a form on the page, presses it, and goes back. */
const navigate =
  (path: string, method: string, element: (url: string) => string): Way =>
  async (page, { http }) => {
    const url = http + path;
    await page.evaluate(`document.body.innerHTML = ${JSON.stringify(element(url))}`);
    const answered = page.waitForResponse((response) => response.url() === url);
    await page.locator('#go').click();
    const response = await answered;
    expect(response.request().method()).toBe(method);
    await page.waitForURL(url);
    await page.goBack();
    return String(response.status());
  };

/** Resolves to the status; CORS hands every answer out. */
const fetched =
  (path: string, init: (site: Site) => object): Way =>
  (page, site) =>
    page.evaluate<string>(
      `fetch(${JSON.stringify(site.http + path)}, ${JSON.stringify(init(site))}).then((answer) => String(answer.status))`,
    );

const overSocketIo =
  (transport: string): Way =>
  async (page, { http }) => {
    await page.addScriptTag({ url: `${http}/socket.io/socket.io.js` });
    return page.evaluate<string>(`new Promise((resolve) => {
      const socket = io(${JSON.stringify(http)}, {
        transports: [${JSON.stringify(transport)}], withCredentials: true, forceNew: true, reconnection: false,
      });
      const tell = (seen) => { socket.disconnect(); resolve(seen); };
      socket.on('connect', () => tell('open'));
      socket.on('connect_error', (error) => tell(error.data ? String(error.data.statusCode) : error.message));
    })`);
  };

/** A browser tells no page why a WebSocket was not opened. */
const overWebSocket: Way = (page, { ws }) =>
  page.evaluate<string>(`new Promise((resolve) => {
    const socket = new WebSocket(${JSON.stringify(wsUrl(ws))});
    socket.onopen = () => { socket.close(); resolve('open'); };
    socket.onerror = () => resolve('refused');
  })`);

const withCookie = { credentials: 'include' };

const WAYS: Record<string, Way> = {
  link: navigate('/read', 'GET', (url) => `<a id="go" href="${url}">link</a>`),
  form: navigate('/write', 'POST', (url) => `<form method="post" action="${url}"><button id="go">send</button></form>`),
  'fetch, GET': fetched('/read', () => withCookie),
  'fetch, POST': fetched('/write', () => ({ ...withCookie, method: 'POST', body: 'text' })),
  'fetch, POST of JSON': fetched('/write', () => ({
    ...withCookie,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })),
  'fetch with a header': fetched('/write', ({ token }) => ({
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })),
  WebSocket: overWebSocket,
  'socket.io': overSocketIo('websocket'),
  'socket.io, polling': overSocketIo('polling'),
};

/** A WebSocket's own page is one at its own port. */
const placeOf = (way: string, { http, ws }: Site): string => (way === 'WebSocket' ? ws : http);

const everybody = { origin: true, credentials: true };

describeInBrowser('pages of other sites', (browser: () => Browser) => {
  let portal: DocSpaceEmulator;
  const servers: Record<string, RawServer> = {};
  const pages: Record<string, (way: string, site: Site) => string> = {
    'own page': (way, site) => `${placeOf(way, site)}/page`,
    'trusted port': () => atLocalhost(servers['trusted']?.url ?? ''),
    'trusted site': () => servers['trusted']?.url ?? '',
    'another port': () => atLocalhost(servers['foreign']?.url ?? ''),
    'another site': () => servers['foreign']?.url ?? '',
    'sandboxed page': () => servers['sandboxed']?.url ?? '',
  };

  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com', password: 'user-password' }] });
    servers['trusted'] = await RawServer.start({ headers: HTML, body: PAGE });
    servers['foreign'] = await RawServer.start({ headers: HTML, body: PAGE });
    servers['sandboxed'] = await RawServer.start({ headers: { ...HTML, ...SANDBOX }, body: PAGE });
  });
  afterAll(async () => {
    await portal.stop();
    for (const server of Object.values(servers)) await server[Symbol.asyncDispose]();
  });

  const start = (
    loginCookie: object,
    adapter: (app: INestApplication) => IoAdapter | WsAdapter,
  ): Promise<StartedApp> => {
    const trusted = servers['trusted']?.url ?? '';
    return startApp({
      options: { portalUrl: portal.url, loginCookie, trustedOrigins: [trusted, atLocalhost(trusted)], routes: 'auth' },
      controllers: [Routes],
      providers: [chat({}, { cors: everybody })],
      prepare(app) {
        app.enableCors(everybody);
        app.useWebSocketAdapter(adapter(app));
      },
    });
  };

  it('are tried from everywhere in every way', () => {
    for (const { outcomes } of columns) expect(Object.keys(outcomes)).toEqual(Object.keys(WAYS));
    expect(columns.map(({ from }) => from)).toEqual([...Object.keys(pages), ...Object.keys(pages)]);
  });

  it.each(columns)('$heading: from $from', async ({ heading, from, outcomes }) => {
    const loginCookie = COOKIES[heading];
    await using socketIo = await start({ ...loginCookie }, (app) => new IoAdapter(app));
    await using ws = await start({ ...loginCookie }, (app) => new WsAdapter(app));
    const token = portal.issueToken('user@example.com');
    const site: Site = { http: atLocalhost(socketIo.url), ws: atLocalhost(ws.url), token };
    const context = await browser().newContext();
    try {
      const page = await context.newPage();
      await page.goto(`${site.http}/page`);
      const login = { userName: 'user@example.com', password: 'user-password' };
      await expect(fetched('/auth/login', () => postOf(login))(page, site)).resolves.toBe('200');
      const seen: Record<string, string> = {};
      for (const [way, go] of Object.entries(WAYS)) {
        await page.goto(pages[from]?.(way, site) ?? '');
        seen[way] = await go(page, site);
      }
      expect(seen).toEqual(outcomes);
    } finally {
      await context.close();
    }
  });
});

const postOf = (body: object): object => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
