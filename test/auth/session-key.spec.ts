import { DocSpaceCredentials } from '../../lib/auth/credentials.js';
import type { Portal } from '../../lib/auth/portal.js';
import { keyPrefixes, sessionKey } from '../../lib/auth/session-key.js';

const SECRET = 'a secret that all of the nodes share';
const URL = 'https://docspace.example.com';
const at = (...[secret = SECRET, name = 'default', url = URL]: string[]): Portal =>
  ({ keyPrefixes: [keyPrefixes(secret, name, url)] }) as unknown as Portal;
const token = DocSpaceCredentials.token('dG9rZW4tMTIzNA==');
const shown = (key: string): string => Buffer.from(key, 'latin1').toString('base64url');

it('is the same on every node and in every version, since they share a store', () => {
  const keys = (['token', 'api-key', 'jwt', 'basic'] as const).map((kind) =>
    shown(sessionKey(at(), DocSpaceCredentials.presented(kind, 'same'))),
  );
  expect(keys).toMatchInlineSnapshot(`
   [
     "PzfwVv96BeW1b8DDsOKyq3UD0QSQ6Lz15o4CZlzEMYY",
     "MoGOC1U_e_HM9vi24Fqq85AnEFJ_VYgPfIYjc_K2Vfg",
     "WKtf4cpqcmaJa79t8cyw6iQwRp_0lAh5Zu9UdNt9dl0",
     "zAOxDvC-KjWZHOoVfnShKntbx1Ph12Ale-nxvK_ZMkk",
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
  for (const prefix of Object.values(keyPrefixes(SECRET, 'default', URL))) expect(prefix).toMatch(/^[\w-]{22}$/);
});
