import type { DocSpaceEmulatorPortal } from '../../lib/testing/index.js';
import {
  ann,
  ask,
  base,
  errorWith,
  get,
  isAuthenticated,
  post,
  printed,
  responseOf,
  right,
  startPortal,
  startWith,
} from './portal-under-test.js';

const neighbours = {
  baseDomain: 'example.com',
  portal: { host: 'first.example.com' },
  portals: [{ host: 'second.example.com', users: [ann] }],
};
const aliasOf = async (portal: { url: string }, headers: Record<string, string>) => {
  const answer = await get(portal, headers, '/api/2.0/settings');
  return answer.status === 200 ? (responseOf(answer)['greetingSettings'] as string) : answer.status;
};
const named = {
  baseDomain: 'example.com',
  portal: { host: 'first.example.com', name: 'first' },
  portals: [{ host: 'second.example.com', name: 'second' }],
};

describe('a portal among several', () => {
  it.each<[string, Record<string, string>, unknown, unknown]>([
    ['its host', { host: 'second.example.com' }, 'second', 'second'],
    ['its host with a port', { host: 'SECOND.example.com:8092' }, 'second', 'second'],
    ['a forwarded host', { 'x-forwarded-host': 'second.example.com' }, 'second', 'second'],
    ['loopback', {}, 'first', 'first'],
    ['an unknown host', { host: 'elsewhere.test' }, 'first', 404],
    ['an unknown subdomain', { host: 'third.example.com' }, 404, 404],
    [
      'an origin that names another',
      { host: 'first.example.com', origin: 'https://second.example.com' },
      'second',
      'first',
    ],
    [
      'an unknown host and an origin that names one',
      { host: 'elsewhere.test', origin: 'https://second.example.com' },
      'second',
      'second',
    ],
    ['an origin that names none', { host: 'second.example.com', origin: 'http://localhost:3000' }, 'second', 'second'],
    ['an origin that is no address', { host: 'first.example.com', origin: 'null' }, 500, 'first'],
    ['an unknown host and an origin that is no address', { host: 'elsewhere.test', origin: 'null' }, 500, 500],
  ])('is found by %s', async (_name, headers, standalone, saas) => {
    await using box = await startPortal(named);
    await using cloud = await startPortal({ ...named, standalone: false });
    expect([await aliasOf(box, headers), await aliasOf(cloud, headers)]).toEqual([standalone, saas]);
  });

  it('is found by what the query says of the origin, which does not change the links', async () => {
    await using portal = await startPortal(named);
    const answer = await get(portal, {}, '/api/2.0/settings?origin=https://second.example.com');
    expect(answer.text).toContain('"greetingSettings":"second"');
    expect(answer.text).toContain(`"href":"${portal.url}/api/2.0/settings?origin=https://second.example.com"`);
  });

  it('knows its own users and tokens only', async () => {
    await using portal = await startPortal(neighbours);
    const token = portal.at('second.example.com').issueToken(ann.email);
    expect(await isAuthenticated(portal, { authorization: token })).toBe(false);
    expect(await isAuthenticated(portal, { authorization: token, host: 'second.example.com' })).toBe(true);
    expect(() => portal.at('third.example.com').users).toThrow('The emulator has no portal third.example.com.');
  });
});

describe('a portal’s state', () => {
  const settings = '/api/2.0/settings';
  const capabilities = '/api/2.0/capabilities';
  it.each<[DocSpaceEmulatorPortal, [number, number, number, number]]>([
    [{}, [200, 200, 200, 200]],
    [{ status: 'suspended' }, [404, 200, 200, 404]],
    [{ status: 'remove-pending' }, [404, 404, 404, 404]],
    [{ status: 'transferring' }, [403, 403, 200, 403]],
    [{ status: 'restoring' }, [403, 403, 200, 403]],
    [{ status: 'migrating' }, [200, 200, 200, 200]],
    [{ status: 'encryption' }, [403, 403, 200, 403]],
    [{ paid: false }, [200, 200, 200, 200]],
  ])('%j', async (state, expected) => {
    await using portal = await startPortal({ portal: state });
    const confirm = { type: 'EmailActivation', key: '1.BAD', email: ann.email };
    const answers = [
      await get(portal),
      await post(portal, '/confirm', confirm),
      await get(portal, {}, settings),
      await get(portal, {}, capabilities),
    ];
    expect(answers.map(({ status }) => status)).toEqual(expected);
  });

  it('unpaid is 402 outside authentication, in a problem document without a title', async () => {
    await using portal = await startPortal({ portal: { paid: false } });
    const answer = await get(portal, { authorization: portal.issueToken(ann.email) }, '/api/2.0/people/@self');
    expect([answer.status, printed(answer.text)]).toEqual([402, '{"status":402,"traceId":"00-..."}']);
  });

  it('may be changed while it runs', async () => {
    await using portal = await startPortal();
    portal.settings.status = 'restoring';
    expect((await get(portal)).status).toBe(403);
    portal.settings.status = 'active';
    expect((await get(portal)).status).toBe(200);
  });

  it('never keeps the owner out by his address', async () => {
    await using portal = await startWith({ isOwner: true }, { portal: { allowedIps: ['198.51.100.1'] } });
    expect(await isAuthenticated(portal, { authorization: portal.issueToken(ann.email) })).toBe(true);
  });
});

describe('the root of confirm links', () => {
  it.each([
    [
      'the host of the request',
      {},
      { host: 'portal.example.com', 'x-forwarded-proto': 'https' },
      '',
      'https://portal.example.com/',
    ],
    ['the own domain on loopback', { domain: 'docs.example.com' }, {}, '', 'http://docs.example.com/'],
    [
      'what the query says of the origin',
      {},
      {},
      '?origin=https://other.example.com:8443',
      'https://other.example.com:8443/',
    ],
  ])('is %s', async (_name, settings, headers, query, root) => {
    await using portal = await startWith({ secondFactor: 'app' }, { portal: settings });
    expect(responseOf(await post(portal, query, right, headers)).confirmUrl).toContain(`${root}confirm/TfaActivation`);
  });

  it('is the listening address on loopback, whatever the name', async () => {
    await using portal = await startWith({ secondFactor: 'app' });
    expect(responseOf(await post(portal, '', right, { host: 'localhost' })).confirmUrl).toContain(
      `${portal.url}/confirm/`,
    );
  });
});

describe('an envelope', () => {
  it('links to the un-escaped path and the raw query', async () => {
    await using portal = await startWith({ secondFactor: 'app', appEnrolled: true });
    const code = portal.users.get(ann.email)?.appCode();
    const answer = await post(portal, '/a%20%D1%8F?x=%20y', { ...right, code });
    expect(answer.text).toContain(`"links":[{"href":"${portal.url}${base}/a я?x=%20y","action":"POST"}]`);
  });

  it('escapes only what lies outside the basic plane', async () => {
    await using portal = await startPortal({ portal: { name: "a+b/c=<d>&'я'😀\u0001" } });
    const { text } = await get(portal, {}, '/api/2.0/settings');
    expect(text).toContain(`"greetingSettings":"a+b/c=<d>&'я'\\uD83D\\uDE00\\u0001"`);
  });

  it('is pruned by fields', async () => {
    await using portal = await startPortal();
    const answer = await get(portal, {}, '/api/2.0/settings?fields=culture,TenantAlias');
    expect(answer.text).toContain('{"response":{"culture":"en-US","tenantAlias":"portal"},"count":1,');
  });

  it('of an error keeps the headers that are added at the end, and no other', async () => {
    await using portal = await startPortal();
    const answer = await get(portal, {
      authorization: 'Basic !!!',
      origin: 'https://a.test',
      cookie: 'asc_auth_key=bad',
    });
    expect(Object.keys(answer.headers).sort()).toEqual([
      'access-control-allow-origin',
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'expires',
      'pragma',
      'server',
      'server-timing',
    ]);
    expect(answer.cookies).toEqual([]);
  });
});

describe('CORS', () => {
  const origin = 'https://page.test';
  it('allows every origin, unless it is off', async () => {
    await using portal = await startPortal();
    expect((await get(portal, { origin })).headers['access-control-allow-origin']).toBe('*');
    expect((await get(portal)).headers['access-control-allow-origin']).toBeUndefined();
    portal.settings.cors = false;
    expect((await get(portal, { origin })).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('answers a preflight before anything else', async () => {
    await using portal = await startPortal();
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-a',
      authorization: 'Basic !!!',
    };
    const answer = await ask(portal, { method: 'OPTIONS', headers });
    expect([
      answer.status,
      answer.headers['access-control-allow-methods'],
      answer.headers['access-control-allow-headers'],
    ]).toEqual([204, 'POST', 'x-a']);
  });
});

describe('an address', () => {
  it('is read through known proxies only', async () => {
    const restricted = { portal: { allowedIps: ['203.0.113.5'] } };
    await using known = await startPortal({ ...restricted, knownProxies: ['127.0.0.1', '10.0.0.1'] });
    await using unknown = await startPortal({ ...restricted, knownProxies: [] });
    const status = async (portal: typeof known, forwarded: string) =>
      (await get(portal, { authorization: portal.issueToken(ann.email), 'x-forwarded-for': forwarded })).status;
    expect(await status(known, '203.0.113.5')).toBe(200);
    expect(await status(known, '203.0.113.5, 10.0.0.1')).toBe(200);
    expect(await status(known, '203.0.113.5, 10.0.0.2')).toBe(403);
    expect(await status(unknown, '203.0.113.5')).toBe(403);
  });
});

describe('a broken Origin', () => {
  it('takes every endpoint of a standalone installation down', async () => {
    await using portal = await startPortal();
    const answer = await get(portal, { origin: 'null' });
    expect(printed(answer.text)).toBe(
      errorWith(
        500,
        'Invalid URI: The format of the URI could not be determined.',
        'System.UriFormatException',
        -2146233033,
      ),
    );
  });
});
