import { readBody } from '../../lib/auth/wire.js';

const read = (body: unknown, status = 200): unknown =>
  readBody({ status, text: typeof body === 'string' ? body : JSON.stringify(body), header: () => undefined });

const NAMES = { title: 'Bad Request', status: 400 };

describe('an answer’s body', () => {
  it.each<[what: string, body: unknown, status: number, is: unknown]>([
    ['nothing', '', 200, { shape: 'empty' }],
    ['nothing but blanks', ' \r\n', 200, { shape: 'empty' }],
    ['a page', '<html>', 200, { shape: 'html' }],
    ['a page after blanks', '\n <html>', 200, { shape: 'html' }],
    ['a page’s end', 'html>', 200, { shape: 'text' }],
    ['text', 'Forbidden <b>', 403, { shape: 'text' }],
    ['text in JSON', '"Forbidden"', 403, { shape: 'text' }],
    ['a number', '1', 200, { shape: 'other' }],
    ['a list', '[{"response":true}]', 200, { shape: 'other' }],
    ['null', 'null', 200, { shape: 'other' }],
    ['an object of somebody else', { message: 'Forbidden' }, 403, { shape: 'other' }],
    [
      'an exception',
      { error: { type: 'System.Exception', stack: 'x' } },
      500,
      { shape: 'error', type: 'System.Exception' },
    ],
    ['one in PascalCase', { Error: { Type: 'System.Exception' } }, 500, { shape: 'error', type: 'System.Exception' }],
    ['one without a type', { error: { type: null } }, 500, { shape: 'error', type: '' }],
    ['one whose type is no text', { error: { type: 7 } }, 500, { shape: 'error', type: '' }],
    ['an exception beside a response', { error: {}, response: true }, 200, { shape: 'error', type: '' }],
    ['an error that is text', { error: 'invalid_token' }, 401, { shape: 'other' }],
    ['a problem with a title', { title: 'x', status: 404 }, 404, { shape: 'problem' }],
    ['a problem with a type', { type: 'x', status: 404 }, 404, { shape: 'problem' }],
    ['a problem with a trace', { traceId: 'x', status: 402 }, 402, { shape: 'problem' }],
    ['one in PascalCase', { Title: 'x', Status: 400 }, 400, { shape: 'problem' }],
    ['a status alone', { status: 404 }, 404, { shape: 'other' }],
    ['a title alone', { title: 'x' }, 404, { shape: 'other' }],
    ['a status that is no number', { title: 'x', status: '404' }, 404, { shape: 'other' }],
    ['a status that says no failure', { title: 'x', status: 399 }, 404, { shape: 'other' }],
    ['a problem in an envelope', { response: NAMES }, 400, { shape: 'invalid', fields: [] }],
    [
      'the same in PascalCase',
      { Response: { Title: 'x', Status: 400, Errors: { A: [] } } },
      400,
      { shape: 'invalid', fields: ['A'] },
    ],
    [
      'the same in an answer that is a success',
      { response: NAMES },
      399,
      { shape: 'value', envelope: { response: NAMES } },
    ],
    [
      'a problem around a response',
      { ...NAMES, response: true },
      400,
      { shape: 'value', envelope: { response: true, status: 400 } },
    ],
    ['an envelope without a response', { statusCode: 200 }, 200, { shape: 'value', envelope: { statusCode: 200 } }],
    ['a response that is null', { response: null }, 200, { shape: 'value', envelope: {} }],
    ['a response that is false', { response: false }, 200, { shape: 'value', envelope: { response: false } }],
    [
      'a response in PascalCase',
      { Response: { Token: 'x' } },
      200,
      { shape: 'value', envelope: { response: { token: 'x' } } },
    ],
    ['a response that is a list', { response: ['X'] }, 200, { shape: 'value', envelope: { response: ['X'] } }],
  ])('that is %s', (_what, body, status, is) => {
    expect(read(body, status)).toStrictEqual(is);
  });

  it('keeps of an envelope what is of the documented type', () => {
    const good = { response: true, count: 1, links: [{ href: 'x' }], status: 0, statusCode: 200 };
    expect(read(good)).toStrictEqual({ shape: 'value', envelope: good });
    expect(read({ response: true, count: '1', links: 'x', status: '0', statusCode: null })).toStrictEqual({
      shape: 'value',
      envelope: { response: true },
    });
    expect(read({ response: true, links: [{ href: 'x' }, 'y', null, []] })).toStrictEqual({
      shape: 'value',
      envelope: { response: true, links: [{ href: 'x' }] },
    });
  });

  it('names of the fields that were refused eight at most, and none that may repeat what was sent', () => {
    const fieldsOf = (errors: unknown): unknown => read({ response: { ...NAMES, errors } }, 400);
    const named = (...names: string[]): unknown => Object.fromEntries(names.map((name) => [name, ['x']]));
    expect(fieldsOf(named('ConfirmData.Email', '$.session', 'a b', 'ann@example.com', '', 'é'))).toEqual({
      shape: 'invalid',
      fields: ['ConfirmData.Email', '$.session'],
    });
    expect(fieldsOf(named('x'.repeat(64), 'y'.repeat(65), '!z', 'z!'))).toEqual({
      shape: 'invalid',
      fields: ['x'.repeat(64)],
    });
    const many = Array.from({ length: 10 }, (_, index) => `field${index}`);
    expect(fieldsOf(named(...many))).toEqual({ shape: 'invalid', fields: many.slice(0, 8) });
    for (const errors of ['text', ['text'], null, 7])
      expect(fieldsOf(errors)).toEqual({ shape: 'invalid', fields: [] });
  });
});
