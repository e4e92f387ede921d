import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Random } from '../support/random.js';

/** What a fuzzed portal sends: an answer framed as HTTP, or bytes as they are. */
export type FuzzedAnswer =
  | {
      readonly kind: 'framed';
      readonly status: number;
      readonly headers: Headers;
      readonly body: Buffer;
      readonly plain: Buffer;
    }
  | { readonly kind: 'raw'; readonly bytes: Buffer }
  | { readonly kind: 'silent' };

type Headers = [name: string, value: string | string[]][];
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const LINKS = [{ href: 'https://portal.example.com/api/2.0/authentication', action: 'POST' }];
const CONFIRM_URL = 'https://portal.example.com/confirm/PhoneActivation?type=PhoneActivation&key=1.ABC&encemail=x';
const wrapped = (response: Json): Json => ({ response, count: 1, links: LINKS, status: 0, statusCode: 200 });
const failure = (type: string | null): Json => ({
  error: { message: 'Ошибка', type, stack: null, hresult: 0 },
  status: 1,
  statusCode: 403,
});
const problem: Json = { type: 'about:blank', title: 'Not Found', status: 404, traceId: '00-1' };

/** Answers of real portals, from which the others are made. */
const SEEDS: [Json, ...Json[]] = [
  wrapped(true),
  wrapped(false),
  wrapped({ token: 'dG9rZW4=', expires: '2030-01-01T00:00:00.0000000Z' }),
  wrapped({ expires: '0001-01-01T00:00:00', sms: true, phoneNoise: '+1****89', confirmUrl: CONFIRM_URL }),
  wrapped({ expires: '2030-01-01T00:00:00Z', sms: true, phoneNoise: '+1****89' }),
  wrapped({ expires: '0001-01-01T00:00:00', tfa: true, tfaKey: 'JBSWY3DPEHPK3PXP', confirmUrl: CONFIRM_URL }),
  wrapped({ tfa: true, confirmUrl: CONFIRM_URL }),
  wrapped({ result: 0, roomId: '1', title: 'Room', email: 'ann@example.com', isAgent: false }),
  wrapped('https://idp.example.com/logout'),
  wrapped({ id: '66faa6e4-f133-11ea-b126-00ffeec8b4ef', email: 'ann@example.com', userName: 'ann', isAdmin: true }),
  { count: 0, links: LINKS, status: 0, statusCode: 200 },
  failure(null),
  failure('System.Security.SecurityException'),
  failure('System.FormatException'),
  { ...(wrapped(problem) as object), status: 1, statusCode: 400 },
  problem,
];

const long = 'x'.repeat(5000);
const deep = JSON.parse('['.repeat(2000) + ']'.repeat(2000)) as Json;
const ODD: [Json, ...Json[]] = [
  null, true, false, 0, 1, -1, 200, 404, 1e308, 0.1, '', 'true', '0', '\u0000', '\ud800', '😀', long, [], [true], [null],
  {}, { response: true }, { toString: 1 }, { length: -1 }, deep, '<script>', '__proto__', '2030-13-45', 'https://[',
  'javascript:alert(1)', { token: 'a' }, [{ token: 'a' }], { then: 'no' },
]; // prettier-ignore
const NAMES: [string, ...string[]] = [
  '__proto__', 'constructor', 'prototype', 'toString', 'then', 'response', 'Response', 'token', 'Token', 'error',
  'status', 'statusCode', 'title', 'toJSON', '', 'length',
]; // prettier-ignore
const STATUSES: [number, ...number[]] = [
  201, 202, 203, 204, 205, 206, 226, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 407, 408, 409,
  410, 411, 413, 415, 418, 421, 425, 426, 429, 431, 451, 499, 500, 501, 505, 511, 520, 599, 999,
]; // prettier-ignore

/** Zeros that come to more than any answer may be, packed into almost nothing. */
const zeros = Buffer.alloc(8 * 1024 * 1024);
const BOMBS: [Bomb, ...Bomb[]] = [
  ['gzip', gzipSync(zeros)],
  ['deflate', deflateSync(zeros)],
  ['br', brotliCompressSync(zeros, { params: { 0: 1 } })],
  ['gzip', gzipSync(gzipSync(zeros))],
];
type Bomb = [encoding: string, bytes: Buffer];

/** The answer of that number; always the same. Goes to `elsewhere` wherever it redirects. */
export function fuzzedAnswer(seed: number, index: number, elsewhere: string): FuzzedAnswer {
  const random = new Random(seed + index);
  // What breaks a connection costs both sides a new one.
  if (random.chance(0.0001)) return { kind: 'silent' };
  if (random.chance(0.03)) return { kind: 'raw', bytes: Buffer.from(random.pick(RAW)(random), 'latin1') };
  if (random.chance(0.001)) return bomb(random);
  const json = random.chance(0.2) ? random.pick(SEEDS) : mutated(random.pick(SEEDS), random);
  const body = damaged(Buffer.from(JSON.stringify(json)), random);
  const status = random.chance(0.6) ? 200 : random.chance(0.03) ? random.pick([502, 503, 504]) : random.pick(STATUSES);
  return packed({ kind: 'framed', status, headers: headers(random, elsewhere), body, plain: body }, random);
}

/** Whether an answer says yes, told without the code under test; before it was packed. */
export function saysYes(answer: FuzzedAnswer): boolean {
  if (answer.kind !== 'framed' || (answer.status !== 200 && answer.status !== 201)) return false;
  try {
    const json = JSON.parse(answer.plain.toString('utf8').trim()) as Record<string, unknown>;
    const own = (name: string): unknown => (Object.hasOwn(json, name) ? json[name] : undefined);
    return own('response') === true || own('Response') === true;
  } catch {
    return false;
  }
}

function mutated(json: Json, random: Random): Json {
  const copy = structuredClone(json);
  const rounds = 1 + random.below(3);
  for (let round = 0; round < rounds; round++) {
    if (random.chance(0.05)) return random.pick(ODD);
    mutate(copy, random);
  }
  return copy;
}

/** Also for `__proto__`, which an assignment would take for another thing. */
const OWN = { enumerable: true, configurable: true, writable: true };

/** Changes one member somewhere in the value. */
function mutate(value: Json, random: Random): void {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as { [name: string]: Json } & Partial<Json[]>;
  const names = Object.keys(holder);
  const name = names[random.below(names.length)];
  if (name === undefined || random.chance(0.15)) {
    const value = structuredClone(random.pick(ODD));
    if (Array.isArray(holder)) holder.push(value);
    else Object.defineProperty(holder, random.pick(NAMES), { ...OWN, value });
    return;
  }
  const member = holder[name];
  if (typeof member === 'object' && member !== null && random.chance(0.7)) mutate(member, random);
  else if (random.chance(0.2)) Reflect.deleteProperty(holder, name);
  else if (random.chance(0.15)) renamed(holder, name, random);
  else holder[name] = random.chance(0.1) ? [member ?? null] : structuredClone(random.pick(ODD));
}

function renamed(holder: { [name: string]: Json }, name: string, random: Random): void {
  const changed = random.pick([
    name.toUpperCase(),
    name.charAt(0).toUpperCase() + name.slice(1),
    `${name} `,
    `_${name}`,
  ]);
  holder[changed] = holder[name] ?? null;
  Reflect.deleteProperty(holder, name);
}

/** Changes the text itself, one time in three. */
function damaged(body: Buffer, random: Random): Buffer {
  if (!random.chance(0.33)) return body;
  const at = random.below(body.length);
  const some = Buffer.from([random.below(256)]);
  const text = body.toString('utf8');
  return random.pick<() => Buffer>([
    () => body.subarray(0, at),
    () => Buffer.concat([body.subarray(0, at), some, body.subarray(at)]),
    () => Buffer.concat([body.subarray(0, at), some, body.subarray(at + 1)]),
    () => Buffer.concat([Buffer.from('\ufeff'), body]),
    () => Buffer.from(text, 'utf16le'),
    () => Buffer.concat([body, body]),
    () => Buffer.concat([body, Buffer.alloc(1 + random.below(64), 32), some]),
    () => Buffer.from(`)]}',\n${text}`),
    () => Buffer.from(text.replaceAll('"', "'")),
    () => Buffer.from(text.replace('{', '{"response":true,')),
    () => Buffer.from(text.replace(/\}$/, ',"response":true}')),
    () => Buffer.from(text.replace(/[:,]/, () => random.pick([':NaN,', '/**/', '\n', ',,', ':-']))),
    () => Buffer.from(`<!doctype html><p>${text}`),
    () => Buffer.from('\u2028\u00a0' + text),
    () => Buffer.alloc(random.below(200), some[0]),
  ])();
}

function headers(random: Random, elsewhere: string): Headers {
  const given: Headers = [];
  if (random.chance(0.8))
    given.push(['content-type', random.pick(['application/json; charset=utf-8', 'application/problem+json', 'text/html', 'text/plain; charset=utf-16', 'image/png', 'x', ''])]); // prettier-ignore
  if (random.chance(0.15)) given.push(['location', random.pick([`${elsewhere}/a`, '//evil.example', '/', '', 'file:///etc/passwd', '\u00ff'])]); // prettier-ignore
  if (random.chance(0.1)) given.push(['retry-after', random.pick(['1', '-1', '1e9', '99999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', 'soon', '', ' ', '0x10'])]); // prettier-ignore
  if (random.chance(0.1)) given.push(['set-cookie', cookies(random, elsewhere)]);
  if (random.chance(0.002)) for (let count = 0; count < 300; count++) given.push([`x-flood-${count}`, String(count)]);
  if (random.chance(0.05)) given.push(['refresh', `0; url=${elsewhere}`], ['www-authenticate', 'Basic, Negotiate']);
  if (random.chance(0.02)) given.push(['alt-svc', 'h2="evil.example:443"'], ['content-range', 'bytes 0-1/2']);
  if (random.chance(0.02)) given.push(['proxy-authenticate', 'Basic'], ['upgrade', 'h2c'], ['age', '-1']);
  return given;
}

const cookies = (random: Random, elsewhere: string): string[] =>
  Array.from({ length: 1 + random.below(20) }, () =>
    random.pick([
      'asc_auth_key=stolen; Path=/; HttpOnly',
      `asc_auth_key=stolen; Domain=${new URL(elsewhere).hostname}`,
      'asc_auth_key=; Max-Age=0',
      '__proto__=1',
      '=;;;=',
      `a=${'b'.repeat(200)}`,
    ]),
  );

/** Says that the body is packed, one time in fifty; half of the time it is. */
function packed(answer: FuzzedAnswer & { kind: 'framed' }, random: Random): FuzzedAnswer {
  if (!random.chance(0.02)) return answer;
  const encoding = random.pick(['gzip', 'deflate', 'br', 'compress', 'zstd', 'identity, gzip', 'GZIP', 'nonsense']);
  const body = random.chance(0.5) ? gzipSync(answer.body) : answer.body;
  return { ...answer, headers: [...answer.headers, ['content-encoding', encoding]], body };
}

function bomb(random: Random): FuzzedAnswer {
  const [encoding, body] = random.pick(BOMBS);
  return { kind: 'framed', status: 200, headers: [['content-encoding', encoding]], body, plain: body };
}

const YES = '{"response":true,"count":1,"links":[],"status":0,"statusCode":200}';
const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** What is no answer, or says one thing of itself and is another. Each ends the connection. */
const RAW: [(random: Random) => string, ...((random: Random) => string)[]] = [
  () => '',
  () => YES,
  () => `${OK}content-length: ${YES.length + 10}\r\n\r\n${YES}`,
  () => `${OK}content-length: 5\r\n\r\n${YES}`,
  () => `${OK}content-length: -1\r\n\r\n${YES}`,
  () => `${OK}content-length: 66, 66\r\n\r\n${YES}`,
  () => `${OK}content-length: 1\r\ncontent-length: 66\r\n\r\n${YES}`,
  () => `${OK}content-length: 99999999999999999999\r\n\r\n${YES}`,
  () => `${OK}content-length: 66\r\ntransfer-encoding: chunked\r\n\r\n${YES}`,
  () => `${OK}transfer-encoding: chunked\r\n\r\nffffffffff\r\n${YES}`,
  () => `${OK}transfer-encoding: chunked\r\n\r\n42\r\n${YES}\r\n`,
  () => `${OK}transfer-encoding: chunked\r\n\r\nzz\r\n${YES}\r\n0\r\n\r\n`,
  () => `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  () => `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`,
  () => `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(4000)}\r\n`,
  () => `HTTP/9.9 200 OK\r\n\r\n${YES}`,
  () => `HTTP/1.1 20 OK\r\n\r\n`,
  () => `HTTP/1.1 2000 OK\r\n\r\n`,
  () => `HTTP/1.1 200\r\n\r\n`,
  () => `HTTP/1.1 200 OK\nno: cr\n\n`,
  () => `HTTP/1.1 200 OK\r\nbad header\r\n\r\n${YES}`,
  () => `HTTP/1.1 200 OK\r\nbad\0name: 1\r\n\r\n`,
  () => `HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n${YES}`,
  () => `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n`,
  () => `${OK}content-length: 0\r\n\r\n${OK}content-length: ${YES.length}\r\n\r\n${YES}`,
  () => 'SSH-2.0-OpenSSH_9.6\r\n',
  () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  (random) => Array.from({ length: 40 }, () => String.fromCharCode(random.below(256))).join(''),
];
