import type { IncomingHttpHeaders } from 'node:http';
import { DocSpaceCredentials } from 'nestjs-docspace-auth';
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
