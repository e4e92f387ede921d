import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  CurrentSession,
  DocSpaceAuthGuard,
  type DocSpaceRequest,
  type DocSpaceSession,
  DocSpaceSessions,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, PLATFORMS, type StartedApp } from '../support/start-app.js';

jest.setTimeout(60_000);

@Controller()
@UseGuards(DocSpaceAuthGuard)
class Routes {
  @Get()
  who(@CurrentSession() { portal, user }: DocSpaceSession): object {
    return { portal, user: user?.email };
  }
}

const byHeader = ({ headers }: DocSpaceRequest): string => String(headers['x-tenant']);

/** What an application may do at one of its portals. */
class Side {
  constructor(
    readonly name: string,
    readonly portal: DocSpaceEmulator,
    readonly cookie: string,
    readonly password: string,
  ) {}

  get email(): string {
    return `user@${this.name}.example`;
  }

  /** So many new tokens of its user. */
  tokens(count: number): string[] {
    return Array.from({ length: count }, () => this.portal.issueToken(this.email));
  }
}

/** Something that is done, and what it must come to. */
interface Deed {
  readonly act: () => Promise<unknown>;
  readonly expected: unknown;
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

const GOOD = 10;
const COOKIES = 10;
const LOGOUTS = 5;

describe.each(PLATFORMS)('two portals in one application, on %s', (platform) => {
  let app: StartedApp;
  let one: Side;
  let two: Side;

  beforeAll(async () => {
    const start = (name: string, password: string): Promise<DocSpaceEmulator> =>
      DocSpaceEmulator.start({
        users: ['user', 'shared', ...times(10, (index) => `login-${index}`)].map((who) => ({
          email: who === 'user' ? `user@${name}.example` : `${who}@example.com`,
          password,
        })),
      });
    one = new Side('default', await start('default', 'password-of-one'), 'asc_auth_key', 'password-of-one');
    two = new Side('second', await start('second', 'password-of-two'), 'asc_auth_key.second', 'password-of-two');
    app = await anApp()
      .at(one.portal.url)
      .on(platform)
      .with({
        portals: { second: { portalUrl: two.portal.url } },
        resolvePortal: byHeader,
        loadUser: true,
        loginCookie: true,
        routes: 'auth',
        sessions: { ttlMs: 60_000 },
      })
      .controllers(Routes)
      .start();
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await one.portal.stop();
    await two.portal.stop();
  });

  async function ask(side: Side, headers: Record<string, string>): Promise<unknown> {
    const response = await app.fetch('/', { headers: { 'x-tenant': side.name, ...headers } });
    return { status: response.status, waits: response.headers.has('retry-after'), body: await response.json() };
  }

  async function logIn(side: Side, userName: string, password: string): Promise<unknown> {
    const response = await app.post('/auth/login', { userName, password }, { 'x-tenant': side.name });
    return [response.status, response.headers.getSetCookie().map((cookie) => cookie.split('=')[0])];
  }

  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

  /** Everything that callers do at one portal, as it must go while the portal is up, or down. */
  function deedsAt(side: Side, other: Side, phase: number, isUp: boolean): Deed[] {
    const down = { status: 503, waits: true, body: { statusCode: 503, code: 'ERR_DOCSPACE_UNAVAILABLE' } };
    const nobody = { status: 401, waits: false, body: { reason: 'invalid-credentials' } };
    const in200 = { status: 200, waits: false, body: { portal: side.name, user: side.email } };
    const seen = (whenUp: object): object => (isUp ? whenUp : down);
    return [
      ...side
        .tokens(GOOD)
        .flatMap((token) => times(6, () => ({ act: () => ask(side, bearer(token)), expected: seen(in200) }))),
      ...other
        .tokens(5)
        .flatMap((token) => times(4, () => ({ act: () => ask(side, bearer(token)), expected: seen(nobody) }))),
      ...times(20, (index) => ({ act: () => ask(side, bearer(`no-token-#${index}`)), expected: nobody })),
      ...side.tokens(COOKIES).map((token, index) => {
        const others = cookiesOf.get(other)?.[index] ?? '';
        const cookie = `${side.cookie}=${encodeURIComponent(token)}; ${other.cookie}=${encodeURIComponent(others)}`;
        return { act: () => ask(side, { cookie }), expected: seen(in200) };
      }),
      ...times(5, (index) => ({
        act: () => logIn(side, `login-${5 * phase + index}@example.com`, side.password),
        expected: isUp ? [200, [side.cookie]] : [503, []],
      })),
      ...side.tokens(LOGOUTS).map((token) => ({
        act: async () => [
          await ask(side, bearer(token)),
          (await app.post('/auth/logout', {}, { 'x-tenant': side.name, ...bearer(token) })).status,
          await ask(side, bearer(token)),
        ],
        expected: [seen(in200), isUp ? 200 : 503, nobody],
      })),
    ];
  }

  /** Tokens that only ever travel in the cookie of the portal that gave them. */
  const cookiesOf = new Map<Side, string[]>();

  /** All at once, those of the two portals by turns. */
  async function play(...sides: Deed[][]): Promise<void> {
    const deeds = times(Math.max(...sides.map(({ length }) => length)), (index) =>
      sides.flatMap((side) => side[index] ?? []),
    ).flat();
    const outcomes = await Promise.all(deeds.map(({ act }) => act()));
    expect(outcomes).toMatchObject(deeds.map(({ expected }) => expected));
  }

  it('show nothing of one in the other, under load, with logins, log-outs and an outage of one', async () => {
    for (const side of [one, two]) cookiesOf.set(side, side.tokens(COOKIES));

    const wrong: Deed = {
      act: async () => {
        const statuses: unknown[] = [];
        for (let turn = 0; turn < 5; turn++) statuses.push(await logIn(one, 'shared@example.com', two.password));
        return statuses;
      },
      expected: [...times(4, () => [401, []]), [429, []]],
    };
    const right: Deed = { act: () => logIn(two, 'shared@example.com', two.password), expected: [200, [two.cookie]] };
    await play([wrong, ...deedsAt(one, two, 0, true)], [...deedsAt(two, one, 0, true), right]);

    one.portal.faults.add({ kind: 'status', status: 503 });
    await play(deedsAt(one, two, 1, false), deedsAt(two, one, 1, true));
    await play([], [right]);

    // What stood in the other's cookie went nowhere.
    for (const [side, tokens] of cookiesOf) {
      const elsewhere = JSON.stringify((side === one ? two : one).portal.journal);
      for (const token of tokens) expect(elsewhere).not.toContain(encodeURIComponent(token));
    }

    const { portals, breakers, ...total } = app.get(DocSpaceSessions).statistics();
    expect(breakers['second']).toBe('closed');
    expect(breakers['default']).not.toBe('closed');
    const [ofOne, ofTwo] = [portals['default'], portals['second']];
    const questions = two.portal.journal.filter(
      ({ request }) => request.method === 'GET' && request.path === '/api/2.0/authentication',
    );
    // A log-out asks once more, to see that it was one.
    expect(ofTwo?.asked).toBe(questions.length - 2 * LOGOUTS);
    expect(ofTwo).toMatchObject({
      breaker: 'closed',
      staleServed: 0,
      refused: questions.length - 2 * LOGOUTS - 2 * (GOOD + COOKIES + LOGOUTS),
    });
    for (const name of ['hits', 'misses', 'shared', 'asked', 'refused'] as const)
      expect(total[name]).toBe((ofOne?.[name] ?? 0) + (ofTwo?.[name] ?? 0));
  });
});
