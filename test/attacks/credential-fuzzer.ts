import { Random } from '../support/random.js';

/** What the knowing portal takes, by kind. */
export const GOOD = {
  token: 'dG9rZW4+b2Yv/YW5uIQ==',
  'api-key': 'sk-0123456789abcdef0123456789abcdef',
  jwt: 'eyJhbGciOiJub25l.eyJzdWIiOiJhYmMi.c2lnbmF0dXJl',
  basic: 'ann@example.com:p4ssword',
} as const;

const basic = Buffer.from(GOOD.basic).toString('base64');
/** Every way in which good credentials may come. */
const GOOD_HEADERS: [Fuzzed, ...Fuzzed[]] = [
  { authorization: `Bearer ${GOOD.token}` },
  { authorization: GOOD.token },
  { authorization: `bEaReR   ${GOOD.token} ` },
  { authorization: `Bearer ${GOOD['api-key']}` },
  { authorization: `bearer ${GOOD.jwt}` },
  { authorization: `Basic ${basic}` },
  { authorization: `BASIC ${basic}` },
  { cookie: `asc_auth_key=${encodeURIComponent(GOOD.token)}` },
  { cookie: `a=b; asc_auth_key=${GOOD.token}; c="d"` },
  { authorization: 'Bearer', cookie: `asc_auth_key=${GOOD.token}` },
  { authorization: 'Negotiate abc', cookie: `asc_auth_key="${GOOD.token}"` },
];

export interface Fuzzed {
  authorization?: string;
  cookie?: string;
  [name: string]: unknown;
}

const PIECES: [string, ...string[]] = [
  'Bearer', 'bearer', 'BEARER ', 'Basic', 'basic ', 'Digest ', 'Negotiate', ' ', '  ', '\t', ',', ';', '=', '==', '.',
  '..', ':', '%', '%00', '%0d%0a', '%zz', '%c3%28', '%ed%a0%80', '"', "'", '\\', 'sk-', 'SK-', 'e30', 'asc_auth_key',
  'asc_auth_key=', '; asc_auth_key=', 'ASC_AUTH_KEY=', 'asc_auth_key =', '__proto__=', 'constructor', 'null', 'undefined',
  'true', '0', '-1', '{}', '[]', '../', '<script>', '\u00e4', '\u00ff', '\u00a0', '$Version=1', 'Path=/', 'admin',
]; // prettier-ignore
/** What only a program's own request objects can hold, not HTTP. */
const WILD: [string, ...string[]] = [
  '\0',
  '\r\n',
  '\r\nx-injected: 1\r\n',
  '\n',
  '\u2028',
  '\ud800',
  '😀',
  '\ufeff',
  '\x7f',
];
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.';
const METHODS: [string, ...string[]] = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'QUERY'];
const ORIGINS: [string, ...string[]] = ['null', 'http://evil.example', 'http://127.0.0.1', '', 'x', 'file://', 'http://[', 'http://127.0.0.1@evil.example']; // prettier-ignore
const SITES: [string, ...string[]] = ['same-origin', 'cross-site', 'none', 'same-site', '', 'x'];

/** A request's headers of that number, always the same. `wild`: also such as no HTTP server hands on. */
export function fuzzedHeaders(seed: number, index: number, wild: boolean): { method: string; headers: Fuzzed } {
  const random = new Random(seed + index);
  const method = random.pick(METHODS);
  const headers: Fuzzed = {};
  if (random.chance(0.1)) Object.assign(headers, random.pick(GOOD_HEADERS));
  else {
    if (random.chance(0.7)) headers.authorization = value(random, wild);
    if (random.chance(0.6)) headers.cookie = cookie(random, wild);
  }
  if (random.chance(0.1)) headers['origin'] = random.pick(ORIGINS);
  if (random.chance(0.1)) headers['sec-fetch-site'] = random.pick(SITES);
  if (wild && random.chance(0.03)) {
    const name = random.pick(['authorization', 'cookie', 'origin']);
    headers[name] = random.pick<unknown>([[], [headers[name]], {}, null, 1, true, undefined]);
  }
  return { method, headers };
}

function value(random: Random, wild: boolean): string {
  if (random.chance(0.25)) return near(random);
  const scheme = random.pick(['Bearer ', 'bearer ', 'Basic ', '', 'Bearer sk-', 'basic', 'Token ']);
  if (random.chance(0.4)) return scheme + text(random, 1 + random.below(80));
  if (random.chance(0.1)) return `Basic ${Buffer.from(pieces(random, wild)).toString('base64')}`;
  return scheme + pieces(random, wild);
}

/** Good credentials with one letter changed, cut, or with something around them. */
function near(random: Random): string {
  const whole = random.pick([GOOD.token, GOOD['api-key'], GOOD.jwt, basic]);
  const scheme = random.pick(['Bearer ', '', 'Basic ', 'bearer  ']);
  const at = random.below(whole.length);
  const changed = random.pick([
    whole.slice(0, at),
    whole.slice(0, at) + random.pick(PIECES) + whole.slice(at),
    whole.slice(0, at) + text(random, 1) + whole.slice(at + 1),
    whole + random.pick(PIECES),
    random.pick(PIECES) + whole,
    whole.toUpperCase(),
    encodeURIComponent(whole),
  ]);
  return scheme + changed;
}

function cookie(random: Random, wild: boolean): string {
  const parts = Array.from({ length: 1 + random.below(5) }, () => {
    const name = random.pick([
      'asc_auth_key',
      'asc_auth_key',
      'ASC_AUTH_KEY',
      ' asc_auth_key ',
      'other',
      '__proto__',
      '',
    ]);
    return `${name}=${random.chance(0.3) ? text(random, random.below(60)) : pieces(random, wild)}`;
  });
  return parts.join(random.pick([';', '; ', ',', ';;', ' ']));
}

const text = (random: Random, length: number): string =>
  Array.from({ length }, () => ALPHABET.charAt(random.below(ALPHABET.length))).join('');

function pieces(random: Random, wild: boolean): string {
  if (random.chance(0.002)) return text(random, 1).repeat(random.pick([4096, 4097, 8192, 8193]));
  return Array.from({ length: random.below(6) }, () =>
    wild && random.chance(0.1)
      ? random.pick(WILD)
      : random.chance(0.3)
        ? text(random, random.below(20))
        : random.pick(PIECES),
  ).join('');
}
