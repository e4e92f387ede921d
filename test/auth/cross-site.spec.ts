import type { IncomingHttpHeaders } from 'node:http';
import { DocSpaceCredentials } from '../../lib/auth/credentials.js';
import { isCookieForgery, isCrossSite } from '../../lib/auth/cross-site.js';
import type { DocSpaceAuthConfig } from '../../lib/docspace-auth.config.js';

const TRUSTED = 'https://trusted.example.com';
const OWN = 'https://app.example.com';
const trusted = new Set([TRUSTED]);
const config = { trustedOrigins: trusted } as unknown as DocSpaceAuthConfig;
const TOKEN = 'a-token-of-somebody';
const credentials = DocSpaceCredentials.token(TOKEN);

/** Headers of a transport that is no HTTP, where a value may be anything. */
const request = (headers: Record<string, unknown>) => ({
  method: 'POST',
  headers: { host: 'app.example.com', ...headers } as IncomingHttpHeaders,
});

/** What prints as a good value, and is none. */
const posing = (value: string): unknown[] => [
  [value],
  [[value]],
  { toString: () => value },
  Object(value),
  Buffer.from(value),
];
const strange: unknown[] = [null, 0, 1, NaN, 1n, true, false, '', [], {}, Object.create(null), Symbol('x'), () => OWN];

describe('headers that no HTTP can send', () => {
  it.each<[name: string, values: unknown[]]>([
    ['origin', [...strange, ...posing(TRUSTED), ...posing(OWN)]],
    ['sec-fetch-site', [...strange, ...posing('same-origin'), ...posing('none')]],
  ])('come from another site, whatever stands in %s', (name, values) => {
    for (const value of values) expect(isCrossSite(request({ [name]: value }), trusted)).toBe(true);
  });

  it('come from another site, whatever stands in host', () => {
    for (const host of [undefined, ...strange, ...posing('app.example.com')])
      expect(isCrossSite(request({ origin: OWN, host }), trusted)).toBe(true);
  });

  it('may have brought any credentials in cookies that are no text', () => {
    for (const cookie of [...strange, ...posing(`asc_auth_key=${TOKEN}`)])
      expect(isCookieForgery(request({ cookie, origin: 'https://evil.example' }), credentials, config)).toBe(
        cookie !== '',
      );
    for (const authorization of [...strange, ...posing(`Bearer ${TOKEN}`)]) {
      const headers = { authorization, cookie: `asc_auth_key=${TOKEN}`, origin: 'https://evil.example' };
      expect(isCookieForgery(request(headers), credentials, config)).toBe(true);
    }
  });
});

describe('a request', () => {
  it.each<[what: string, headers: Record<string, unknown>, isForeign: boolean]>([
    ['neither header: no browser', {}, false],
    ['its own origin', { origin: OWN }, false],
    ['its own origin, the host in capitals', { origin: OWN, host: 'APP.Example.COM' }, false],
    ['another host', { origin: 'https://evil.example' }, true],
    ['another port', { origin: `${OWN}:8443` }, true],
    ['an origin that is hidden', { origin: 'null' }, true],
    ['an origin that is none', { origin: 'app.example.com' }, true],
    ['an empty origin', { origin: '' }, true],
    ['a trusted origin, whatever the browser calls it', { origin: TRUSTED, 'sec-fetch-site': 'cross-site' }, false],
    ['the same origin, as the browser says', { 'sec-fetch-site': 'same-origin' }, false],
    ['the same origin, as the browser says, and another', { 'sec-fetch-site': 'same-origin', origin: 'null' }, false],
    ['a typed address', { 'sec-fetch-site': 'none' }, false],
    ['the same site, as the browser says', { 'sec-fetch-site': 'same-site' }, true],
    ['another site, as the browser says, and its own origin', { 'sec-fetch-site': 'cross-site', origin: OWN }, true],
  ])('with %s', (_, headers, isForeign) => {
    expect(isCrossSite(request(headers), trusted)).toBe(isForeign);
  });
});

describe('credentials', () => {
  const ENCODED = 'a+token/of=somebody';
  const evil = { origin: 'https://evil.example' };
  const isForgery = (headers: Record<string, unknown>, method?: string, secret = TOKEN): boolean =>
    isCookieForgery(
      { headers: request(headers).headers, ...(method !== undefined && { method }) },
      DocSpaceCredentials.presented('token', secret),
      config,
    );
  const cookie = `asc_auth_key=${TOKEN}`;

  it('that a browser adds by itself are forged where another site has something changed', () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'post']) {
      expect(isForgery({ cookie, ...evil }, method)).toBe(true);
      expect(isForgery({ cookie, origin: OWN }, method)).toBe(false);
      expect(isForgery({ cookie }, method)).toBe(false);
    }
    expect(isForgery({ cookie: `asc_auth_key=${encodeURIComponent(ENCODED)}`, ...evil }, 'POST', ENCODED)).toBe(true);
  });

  it('are not where nothing is changed', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE', undefined])
      expect(isForgery({ cookie, ...evil }, method)).toBe(false);
  });

  it('are not where the page itself sent them', () => {
    expect(isForgery({ authorization: `Bearer ${TOKEN}`, cookie, ...evil }, 'POST')).toBe(false);
    expect(isForgery({ authorization: 'Bearer other', cookie, ...evil }, 'POST')).toBe(true);
    expect(isForgery({ 'x-token': TOKEN, cookie: 'theme=dark', ...evil }, 'POST')).toBe(false);
    expect(isForgery({ 'x-token': TOKEN, ...evil }, 'POST')).toBe(false);
  });

  it('may hold half a character, which no cookie can', () => {
    expect(isForgery({ cookie, ...evil }, 'POST', 'half \ud83d')).toBe(false);
    expect(isForgery({ cookie: 'half \ud83d', ...evil }, 'POST', 'half \ud83d')).toBe(true);
  });
});
