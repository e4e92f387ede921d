import { DocSpaceCredentials } from '../../lib/auth/credentials.js';
import type { Portal } from '../../lib/auth/portal.js';
import { hashKey, sessionKey, sessionKeys } from '../../lib/auth/session-key.js';

const SECRET = 'a secret that all of the nodes share';
const URL = 'https://docspace.example.com';
const at = (...[secret = SECRET, name = 'default', url = URL]: string[]): Portal =>
  ({ hashKeys: [hashKey(secret, name, url)] }) as unknown as Portal;
const token = DocSpaceCredentials.token('dG9rZW4tMTIzNA==');
const shown = (key: string): string => Buffer.from(key, 'latin1').toString('base64url');

it('is the same on every node and in every version, since they share a store', () => {
  const keys = (['token', 'api-key', 'jwt', 'basic'] as const).map((kind) =>
    shown(sessionKey(at(), DocSpaceCredentials.presented(kind, 'same'))),
  );
  expect(keys).toMatchInlineSnapshot(`
   [
     "4LVU2qPOpU-EKdNsbWPrb76MF6ldA7AZPTtci26gRbM",
     "4EYJtapNDJRE5cmKqoGwJ1FBPF_hEKVOeBYs7DgEn8A",
     "eYGw0f0keRh5iN0L2-PJQD4OiTnWZt1jOb1g6uki7Lc",
     "jddAKvZNPR1CJBQdYd27bUtPr3yS4XnRgjRc2-y5FlY",
   ]
  `);
});

it('is 32 characters of Latin-1, whatever the secret', () => {
  for (const value of ['', 'short', 'long'.repeat(1000), 'ключ'])
    expect(sessionKey(at(), DocSpaceCredentials.presented('token', value))).toMatch(/^[\0-\xff]{32}$/);
});

it('differs by secret, by portal, by address, and by what is presented', () => {
  const keys = [
    sessionKey(at(), token),
    sessionKey(at('another secret of the same nodes, later'), token),
    sessionKey(at(SECRET, 'second'), token),
    sessionKey(at(SECRET, 'default', 'https://other.example.com'), token),
    sessionKey(at(), DocSpaceCredentials.token('dG9rZW4tMTIzNQ==')),
    sessionKey(at(), DocSpaceCredentials.presented('jwt', token.reveal())),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(sessionKey(at(), token)).toBe(sessionKey(at(), DocSpaceCredentials.token(token.reveal())));
});

it('has 128 bits of key before the secret', () => {
  expect(hashKey(SECRET, 'default', URL)).toMatch(/^[\w-]{22}$/);
});

it('is of the portal that is asked for, whichever was asked for before', () => {
  const [one, other] = [at(), at(SECRET, 'second')];
  const again = DocSpaceCredentials.token(token.reveal());
  const keys = [one, other, one, one, other].map((portal) => sessionKey(portal, again));
  const fresh = [one, other].map((portal) => sessionKey(portal, DocSpaceCredentials.token(token.reveal())));
  expect(keys).toEqual([fresh[0], fresh[1], fresh[0], fresh[0], fresh[1]]);
});

it('is one for each secret of the options, the newest first', () => {
  const secrets = [SECRET, 'an older secret of all of the nodes'];
  const portal = { hashKeys: secrets.map((secret) => hashKey(secret, 'default', URL)) } as unknown as Portal;
  expect(sessionKeys(portal, token)).toEqual(secrets.map((secret) => sessionKey(at(secret), token)));
});
