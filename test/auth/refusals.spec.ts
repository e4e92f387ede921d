import fc from 'fast-check';
import { type DocSpaceAuthError, DocSpaceRefusedError } from '../../lib/auth/errors.js';
import { type Asked, type Operation, refusalOf } from '../../lib/auth/refusals.js';
import { readBody } from '../../lib/auth/wire.js';
import { bare, failed, invalid, problem } from '../support/answers.js';
import type { RawAnswer } from '../support/raw-server.js';
import { expectNoSecret } from '../support/secrets.js';

const NOW = Date.UTC(2026, 10, 24, 12);

/** The error for a portal's answer, as the service makes it. */
function read(operation: Operation, answer: RawAnswer, asked: Partial<Asked> = {}): DocSpaceAuthError {
  if ('raw' in answer) throw new TypeError('such an answer is never read');
  const { status = 200, headers = {}, body = '' } = answer;
  const portalAnswer = { status, text: String(body), header: (name: string) => [headers[name]].flat()[0] };
  const question: Asked = {
    operation,
    endpoint: `POST /${operation}`,
    withApiKey: false,
    withConfirmation: operation === 'phone',
    withCaptcha: false,
    withLink: false,
    ...asked,
  };
  return refusalOf(question, portalAnswer, readBody(portalAnswer), NOW);
}

const reasonOf = (...parameters: Parameters<typeof read>): string => {
  const error = read(...parameters);
  return error instanceof DocSpaceRefusedError ? error.reason : error.name;
};

const pascal = (answer: RawAnswer): RawAnswer => ({
  ...answer,
  body:
    'body' in answer
      ? String(answer.body).replace(
          /"([a-z]\w*)":/g,
          (_, name: string) => `"${name.charAt(0).toUpperCase()}${name.slice(1)}":`,
        )
      : '',
});
const typed = (answer: RawAnswer, type: string): RawAnswer => ({ ...answer, headers: { 'content-type': type } });

const INVALID_OPERATION = 'System.InvalidOperationException';
const ARGUMENT = 'System.ArgumentException';
const OUT_OF_RANGE = 'System.ArgumentOutOfRangeException';
const METHOD_ACCESS = 'System.MethodAccessException';
const NOT_FOUND = 'ASC.Common.Web.ItemNotFoundException';
const FORMAT = 'System.FormatException';
const PLAIN = 'System.Exception';
const CRYPTOGRAPHIC = 'System.Security.Cryptography.CryptographicException';
const UNAVAILABLE = 'DocSpaceUnavailableError';
const NO_CONFIRMATION = { withConfirmation: false };

type Row = [operation: Operation, cause: string, answer: RawAnswer, becomes: string, asked?: Partial<Asked>];

describe('what a portal really sends', () => {
  it.each<Row>([
    ['check', 'a scope that an API key lacks', problem(403), 'api-key-refused', { withApiKey: true }],
    ['check', 'the same without a body', bare(403), 'api-key-refused', { withApiKey: true }],
    ['check', 'a portal in maintenance', problem(403), 'portal-maintenance'],
    ['check', 'the same without a body', bare(403), 'portal-maintenance'],
    ['check', 'the same in an envelope', invalid(undefined, 403), 'portal-maintenance'],
    ['check', 'an unknown portal', problem(404), 'portal-not-found'],
    ['check', 'the same without a body', bare(404), 'portal-not-found'],
    ['check', 'a JWT that does not decode', failed(400, 'x', ARGUMENT), 'invalid-request'],
    ['check', 'an unreachable OAuth service', failed(403, 'IDX20803', INVALID_OPERATION), 'DocSpaceUnavailableError'],
    ['logout', 'an unreachable OAuth service', failed(403, 'IDX20803', INVALID_OPERATION), 'DocSpaceUnavailableError'],
    [
      'check',
      'a failed introspection',
      failed(500, 'x', 'System.Net.Http.HttpRequestException'),
      'DocSpaceUnavailableError',
    ],
    ['check', 'an unpaid portal', bare(402, '{"status":402,"traceId":"00-..."}'), 'payment-required'],
    ['check', 'something that no portal finds here', failed(404, 'x', NOT_FOUND), 'DocSpaceProtocolError'],

    ['login', 'a wrong password, localised', failed(401, 'Ошибка аутентификации пользователя'), 'invalid-credentials'],
    ['login', 'a disabled user', failed(403, 'User disabled', INVALID_OPERATION, -2146233079), 'user-disabled'],
    ['login', 'the sixth attempt', failed(403, 'x'), 'locked-out'],
    ['login', 'a rejected captcha', failed(403, 'x'), 'captcha-refused', { withCaptcha: true }],
    ['login', 'a used link', failed(404, 'x', NOT_FOUND), 'link-invalid', { withLink: true }],
    ['login', 'a link without a key', failed(401, 'x'), 'link-invalid', { withLink: true }],
    ['login', 'SMS without a provider', failed(500, 'x', METHOD_ACCESS), 'sms-unavailable'],
    ['login', 'SMS to a long number', failed(400, 'x', OUT_OF_RANGE, -2146233086), 'sms-unavailable'],
    ['login', 'an invalid body', invalid('{"$.session":["x"]}'), 'invalid-request'],
    ['login', 'a body of another type', failed(415, 'x'), 'DocSpaceProtocolError'],
    [
      'login',
      'a body above 30 MB',
      failed(500, 'x', 'Microsoft.AspNetCore.Http.BadHttpRequestException'),
      'DocSpaceUnavailableError',
    ],

    ['code', 'a wrong code, or no second factor', failed(401, 'x'), 'invalid-code'],
    ['code', 'a lock-out by password', failed(403, 'x'), 'locked-out'],
    ['code', 'a user disabled meanwhile', failed(403, 'x', INVALID_OPERATION), 'user-disabled'],

    ['confirm', 'no type or e-mail address', failed(400, 'x', ARGUMENT, -2147024809), 'invalid-request'],
    ['confirm', 'an encEmail that is no base64', failed(500, 'x', FORMAT), 'link-invalid'],
    [
      'confirm',
      'an encEmail of another portal',
      failed(500, 'x', 'System.Security.Cryptography.CryptographicException'),
      'link-invalid',
    ],
    [
      'confirm',
      'an invitation from a forbidden address',
      failed(403, 'Access denied', 'System.Security.SecurityException'),
      'ip-restricted',
    ],
    ['confirm', 'an invitation without its kind of user', failed(403, 'x', INVALID_OPERATION), 'invalid-request'],

    ['phone', 'no confirmation', bare(401), 'confirmation-required', { withConfirmation: false }],
    ['phone', 'an expired confirmation', bare(401), 'link-invalid'],
    ['phone', 'a confirmation of another type', bare(403), 'confirmation-required'],
    ['phone', 'no digits', failed(500, 'Enter mobile phone number', PLAIN), 'invalid-request'],
    ['phone', 'an active number', failed(500, 'x', PLAIN), 'invalid-request'],
    ['phone', 'SMS without a provider', failed(500, 'x', METHOD_ACCESS), 'sms-unavailable'],
    ['phone', 'a long number', failed(400, 'x', OUT_OF_RANGE), 'sms-unavailable'],
    ['phone', 'a garbled encemail', failed(500, 'x', FORMAT), 'link-invalid'],
    ['phone', 'a user disabled meanwhile', failed(403, 'x', 'System.Security.SecurityException'), 'user-disabled'],
    ['phone', 'a user gone meanwhile', failed(401, 'x'), 'link-invalid'],

    ['sms', 'a wrong password', failed(401, 'x'), 'invalid-credentials'],
    ['sms', 'SMS switched off', failed(500, 'x', METHOD_ACCESS), 'sms-unavailable'],
    ['sms', 'too many codes', failed(500, 'x', PLAIN, -2146233088), 'too-many-codes'],
    ['sms', 'no phone', failed(400, 'x', ARGUMENT), 'invalid-request'],
    ['sms', 'a long number', failed(400, 'x', OUT_OF_RANGE), 'sms-unavailable'],
    ['sms', 'a lock-out', failed(403, 'x'), 'locked-out'],

    ['login', 'a forbidden address', bare(403, 'The access to the portal is restricted'), 'ip-restricted'],
    ['login', 'an Origin that is none', failed(500, 'x', 'System.UriFormatException'), 'DocSpaceUnavailableError'],
    ['logout', 'the rate limiter', bare(429), 'rate-limited'],

    ['check', 'the rate limiter, as an exception', failed(429, 'x'), 'rate-limited'],
    ['check', 'an exception of SMS, which has no business here', failed(500, 'x', METHOD_ACCESS), UNAVAILABLE],
    ['logout', 'the same with 400', failed(400, 'x', OUT_OF_RANGE), 'invalid-request'],
    ['code', 'SMS without a provider', failed(500, 'x', METHOD_ACCESS), 'sms-unavailable'],
    ['login', 'a text that is of no format', failed(500, 'x', FORMAT), UNAVAILABLE],
    ['phone', 'an encemail of another portal', failed(500, 'x', CRYPTOGRAPHIC), 'link-invalid'],
    ['confirm', 'a gateway that speaks like a portal', failed(503, 'x', FORMAT), UNAVAILABLE],
    ['login', 'any failure', failed(500, 'x', PLAIN), UNAVAILABLE],
    ['code', 'any failure', failed(500, 'x', PLAIN), UNAVAILABLE],
    ['confirm', 'any failure', failed(500, 'x', PLAIN), UNAVAILABLE],
    ['sms', 'another failure', failed(500, 'x', ARGUMENT), UNAVAILABLE],
    ['confirm', 'a user that is gone', failed(404, 'x', NOT_FOUND), 'link-invalid'],
    ['phone', 'a user that is gone', failed(404, 'x', NOT_FOUND), 'link-invalid'],
    ['sms', 'a user that is gone', failed(404, 'x', NOT_FOUND), 'invalid-credentials'],
    ['confirm', 'nobody signed in', failed(401, 'x'), 'invalid-credentials'],
    ['phone', 'no confirmation, as an exception', failed(401, 'x'), 'confirmation-required', NO_CONFIRMATION],
    ['login', 'an exception that says nothing of a lock', failed(403, 'x', ARGUMENT), UNAVAILABLE],
    ['sms', 'an exception that says nothing of a lock', failed(403, 'x', ARGUMENT), UNAVAILABLE],
    ['sms', 'a disabled user', failed(403, 'x', INVALID_OPERATION), 'user-disabled'],
    ['sms', 'a rejected captcha', failed(403, 'x'), 'captcha-refused', { withCaptcha: true }],
    ['check', 'a 403 that is a value', bare(403, '{"response":true}'), 'DocSpaceProtocolError'],
    ['check', 'a 404 that is a value', bare(404, '{"response":true}'), 'DocSpaceProtocolError'],
    ['check', 'an answer in JSON with an API key', bare(403, '{"a":1}'), 'DocSpaceProtocolError', { withApiKey: true }],
    ['phone', 'maintenance', problem(403), 'portal-maintenance'],
    ['profile', 'a 403 without a body', bare(403), 'DocSpaceProtocolError'],
    ['profile', 'maintenance', problem(403), 'portal-maintenance'],
    ['profile', 'a scope that an API key lacks', bare(403), 'api-key-refused', { withApiKey: true }],
    ['settings', 'maintenance', bare(403), 'portal-maintenance'],
  ])('%s: %s', (operation, _cause, answer, becomes, ...[asked]) => {
    expect(reasonOf(operation, answer, asked)).toBe(becomes);
  });
});

describe('what stands between us and a portal', () => {
  const html = '<!DOCTYPE html>\n<html><body>nginx</body></html>';
  it.each<[what: string, answer: RawAnswer, becomes: string]>([
    ['a 502 page', bare(502, html), 'DocSpaceUnavailableError'],
    ['a 504 page', bare(504, html), 'DocSpaceUnavailableError'],
    ['a 503 without a body', bare(503), 'DocSpaceUnavailableError'],
    ['a 404 page', bare(404, html), 'portal-not-found'],
    ['a 401 page', bare(401, html), 'DocSpaceProtocolError'],
    ['a 403 page', bare(403, html), 'DocSpaceProtocolError'],
    ['a 403 in JSON of its own', bare(403, '{"message":"Forbidden"}'), 'DocSpaceProtocolError'],
    ['a 429 page', bare(429, html), 'rate-limited'],
    ['a 405', bare(405), 'DocSpaceProtocolError'],
    ['a redirect', bare(302, '', { location: 'https://elsewhere.example.com/' }), 'DocSpaceProtocolError'],
    ['a sign-in page', bare(200, html), 'DocSpaceProtocolError'],
    ['nothing', bare(200), 'DocSpaceProtocolError'],
    ['a 204', bare(204), 'DocSpaceProtocolError'],
  ])('%s', (_what, answer, becomes) => {
    for (const operation of ['check', 'login', 'code', 'confirm', 'logout', 'phone', 'sms'] as const)
      expect(reasonOf(operation, answer)).toBe(becomes);
  });
});

describe('what the documentation promises instead', () => {
  const shapes = (status: number): Record<string, RawAnswer> => ({
    'B without a type': failed(status, 'x'),
    'B with a type': failed(status, 'x', ARGUMENT),
    'B in PascalCase': pascal(failed(status, 'x')),
    'B as text/plain': typed(failed(status, 'x'), 'text/plain'),
    C: invalid('{"Email":["x"]}', status),
    'C in PascalCase': pascal(invalid('{"Email":["x"]}', status)),
    D: problem(status),
    'D as text/html': typed(problem(status), 'text/html'),
    nothing: bare(status),
    text: bare(status, 'x'),
  });
  const B = ['B without a type', 'B with a type', 'B in PascalCase', 'B as text/plain'];

  it.each<[Operation, status: number, reason: string, exceptB?: string]>([
    ['login', 400, 'invalid-request'],
    ['login', 401, 'invalid-credentials'],
    ['login', 404, 'portal-not-found', 'invalid-credentials'],
    ['login', 429, 'rate-limited', 'locked-out'],
    ['code', 400, 'invalid-request'],
    ['code', 401, 'invalid-code'],
    ['code', 429, 'rate-limited', 'locked-out'],
    ['sms', 400, 'invalid-request'],
    ['sms', 429, 'rate-limited', 'locked-out'],
    ['phone', 401, 'link-invalid'],
  ])('%s %i is %s in any shape', (operation, status, reason, asException = reason) => {
    for (const [shape, answer] of Object.entries(shapes(status)))
      expect([shape, reasonOf(operation, answer)]).toEqual([shape, B.includes(shape) ? asException : reason]);
  });

  it('tells a 403 for a code apart by shape: a code that is not available, a lock-out, maintenance, an address', () => {
    const told = Object.entries(shapes(403)).map(([shape, answer]) => [shape, reasonOf('code', answer)]);
    expect(Object.fromEntries(told)).toEqual({
      'B without a type': 'locked-out',
      'B with a type': 'invalid-code',
      'B in PascalCase': 'locked-out',
      'B as text/plain': 'locked-out',
      C: 'portal-maintenance',
      'C in PascalCase': 'portal-maintenance',
      D: 'portal-maintenance',
      'D as text/html': 'portal-maintenance',
      nothing: 'invalid-code',
      text: 'ip-restricted',
    });
  });
});

describe('what an operator reads', () => {
  it.each<[Operation, RawAnswer, message: string]>([
    ['login', failed(401, 'x'), 'POST /login: refused, invalid-credentials'],
    ['login', invalid('{"Email":["x"],"":["x"]}'), 'POST /login: refused, invalid-request (Email)'],
    ['login', invalid(), 'POST /login: refused, invalid-request'],
    ['login', bare(400), 'POST /login: refused, invalid-request'],
    ['check', bare(500), 'POST /check: the portal failed (500)'],
    ['check', failed(403, 'x', INVALID_OPERATION), 'POST /check: the portal cannot decide (403)'],
    ['check', bare(418), 'POST /check: the answer cannot be read (418)'],
  ])('of %s names the endpoint and what came of it: %#', (operation, answer, message) => {
    expect(read(operation, answer).message).toBe(message);
  });
});

describe('when to come back', () => {
  it.each<[header: string, ms: number | undefined]>([
    ['17', 17_000],
    ['0', 0],
    [' 5 ', 5000],
    ['3600', 3_600_000],
    ['86400', 3_600_000],
    ['9'.repeat(400), 3_600_000],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tuesday, 24-Nov-26 12:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['17 seconds', undefined],
    ['2026-11-24', undefined],
    ['Tue, 99 Nov 2026 12:00:30 GMT', undefined],
    ['on Tue, 24 Nov 2026 12:00:30 GMT', undefined],
    ['Tue, 24 Nov 2026 12:00:30 GMT+0100', undefined],
    ['24 Nov 2026 12:00:30 GMT', undefined],
  ])('reads Retry-After: %j', (header, ms) => {
    expect(read('check', bare(429, '', { 'retry-after': header })).retryAfterMs).toBe(ms);
    expect(read('check', bare(503, '', { 'retry-after': header })).retryAfterMs).toBe(ms);
  });

  it('is a minute after a lock-out, which names no time, and what a portal says where it does', () => {
    expect(read('login', failed(403, 'x')).retryAfterMs).toBe(60_000);
    expect(read('login', { ...failed(429, 'x'), headers: { 'retry-after': '7' } }).retryAfterMs).toBe(7000);
  });

  it('is not said for a wrong password', () => {
    expect(read('login', failed(401, 'x'))).not.toHaveProperty('retryAfterMs');
  });
});

describe('any answer', () => {
  const operations = fc.constantFrom<Operation>('check', 'login', 'code', 'confirm', 'logout', 'phone', 'sms');
  const secret = fc.string({ minLength: 12, maxLength: 40 });

  it('becomes one of our errors, with its endpoint and status, and without a word of the body', () => {
    const json = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ error: fc.jsonValue(), response: fc.jsonValue() }).map((body) => JSON.stringify(body)),
    );
    fc.assert(
      fc.property(operations, fc.integer({ min: 100, max: 599 }), json, secret, (operation, status, body, text) => {
        for (const sent of [body, text, JSON.stringify({ error: { message: text, stack: text, type: text } })]) {
          const error = read(operation, bare(status, sent));
          expect(error).toMatchObject({ endpoint: `POST /${operation}`, status });
          expect(error.cause).toBeUndefined();
          expect(error.message.length).toBeLessThan(200);
        }
      }),
    );
  });

  it('means the same in every language', () => {
    fc.assert(
      fc.property(
        operations,
        fc.constantFrom(400, 401, 403, 404, 429, 500),
        fc.string(),
        (operation, status, message) => {
          const said = failed(status, 'User authentication failed');
          const localised = failed(status, JSON.stringify(message).slice(1, -1));
          expect(reasonOf(operation, localised)).toBe(reasonOf(operation, said));
        },
      ),
    );
  });

  it('holds nothing of the portal’s texts', () => {
    fc.assert(
      fc.property(operations, fc.constantFrom(400, 401, 403, 404, 429, 500), secret, (operation, status, text) => {
        const printed = JSON.stringify(text).slice(1, -1);
        expectNoSecret(read(operation, failed(status, printed, printed)), [text]);
        expectNoSecret(read(operation, invalid(`{"${printed}":["${printed}"]}`, status)), [`${text} `]);
      }),
      { numRuns: 25 },
    );
  });

  it('names the fields that a portal refused', () => {
    expect(read('login', invalid('{"ConfirmData.Email":["x"],"$.session":["x"],"":["x"]}')).message).toBe(
      'POST /login: refused, invalid-request (ConfirmData.Email, $.session)',
    );
  });
});
