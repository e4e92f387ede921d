import { ann, ask, base, get, post, right, startPortal, startWith } from './portal-under-test.js';

interface Problem {
  response: { status: number; errors: Record<string, string[]> };
}

const errorsOf = (text: string): Record<string, string[]> => (JSON.parse(text) as Problem).response.errors;
const json = { 'content-type': 'application/json' };

describe('a body', () => {
  it.each([
    ['application/json', 200],
    ['text/json', 200],
    ['application/vnd.api+json', 200],
    ['APPLICATION/JSON; charset=utf-8', 200],
    ['application/x-www-form-urlencoded', 415],
    ['text/plain', 415],
    ['', 415],
  ])('of type "%s" is answered by %i', async (type, status) => {
    await using portal = await startPortal();
    expect((await post(portal, '', JSON.stringify(right), type === '' ? {} : { 'content-type': type })).status).toBe(
      status,
    );
  });

  it('is missed, with and without its type', async () => {
    await using portal = await startPortal();
    expect((await post(portal, '')).status).toBe(415);
    expect((await post(portal, '', '', json)).status).toBe(400);
    expect((await post(portal, '/logout')).status).toBe(200);
  });

  it.each<[string, string, number, string?]>([
    ['null', 'null', 400, ''],
    ['a list', '[]', 400, '$'],
    ['a text', '"x"', 400, '$'],
    ['a trailing comma', '{"userName":"u",}', 400, '$'],
    ['a comment', '{/* */}', 400, '$'],
    ['half an object', '{"userName":', 400, '$'],
    ['two objects', '{}{}', 400, '$'],
    ['a lone surrogate escape', '{"userName":"\\x"}', 400, '$'],
    ['32 levels', `{"x":${'['.repeat(31)}${']'.repeat(31)}}`, 401],
    ['33 levels', `{"x":${'['.repeat(32)}${']'.repeat(32)}}`, 400, '$'],
    ['a number for a text', '{"userName":1}', 400, '$.userName'],
    ['null for a text', '{"userName":null}', 401],
    ['a text for a flag', '{"session":"true"}', 400, '$.session'],
    ['null for a flag', '{"session":null}', 400, '$.session'],
    ['null for the flag of a link', `{"confirmData":{"email":"${ann.email}","key":"k","first":null}}`, 404],
    ['a text for the flag of a link', '{"confirmData":{"first":"True"}}', 400, '$.confirmData.first'],
    ['a text for the kind of captcha', '{"recaptchaType":"3"}', 400, '$.recaptchaType'],
    ['any number for the kind of captcha', '{"recaptchaType":77}', 401],
    ['a fraction for the kind of captcha', '{"recaptchaType":1.5}', 400, '$.recaptchaType'],
    ['an unknown member', '{"unknown":{"a":[1]}}', 401],
    ['names in any letters', `{"USERNAME":"${ann.email}","passWORD":"${ann.password}"}`, 200],
    ['the last of two', `{"userName":"x","password":"${ann.password}","userName":"${ann.email}"}`, 200],
    ['an empty e-mail', '{"confirmData":{"email":""}}', 400, 'ConfirmData.Email'],
  ])('with %s', async (_name, body, status, ...[key]) => {
    await using portal = await startPortal();
    const answer = await post(portal, '', body, json);
    expect(answer.status).toBe(status);
    if (key !== undefined) expect(Object.keys(errorsOf(answer.text))).toEqual([key]);
  });

  it('is wrong at a line and a byte', async () => {
    await using portal = await startPortal();
    const answer = await post(portal, '', '{"userName":"п",\n  "password": 12}', json);
    expect(errorsOf(answer.text)).toEqual({
      '$.password': [
        'The JSON value could not be converted to System.String. Path: $.password | LineNumber: 1 | BytePositionInLine: 16.',
      ],
    });
  });

  it.each<[string, object, number, string?]>([
    ['a kind by name', { type: 'EmailActivation', email: ann.email }, 200],
    ['a kind by number', { type: 9, email: ann.email }, 200],
    ['a kind that is unknown', { type: 'Nothing' }, 400, '$.type'],
    ['a kind of employee by name', { type: 'EmpInvite', emplType: 'User', email: ann.email }, 200],
    ['an identifier that is empty', { uiD: '' }, 400, '$.uiD'],
    ['an identifier without hyphens', { uiD: ann.id.replaceAll('-', '') }, 400, '$.uiD'],
    ['an identifier in other letters', { UID: ann.id, type: 'TfaAuth' }, 200],
    ['a flag for first', { first: true }, 400, '$.first'],
    ['an empty e-mail', { type: 'EmailActivation', email: '' }, 400, 'Email'],
  ])('of confirm with %s', async (_name, body, status, ...[key]) => {
    await using portal = await startPortal();
    const answer = await post(portal, '/confirm', body);
    expect(answer.status).toBe(status);
    if (key !== undefined) expect(Object.keys(errorsOf(answer.text))).toEqual([key]);
  });

  it('takes a code only as a text', async () => {
    await using portal = await startWith({ secondFactor: 'app', appEnrolled: true });
    const answer = await post(portal, '/1', { ...right, code: 123456 });
    expect(Object.keys(errorsOf(answer.text))).toEqual(['$.code']);
  });

  it('of more than 30 MB is a 500', async () => {
    await using portal = await startPortal();
    const body = JSON.stringify({ userName: 'x'.repeat(30 * 1024 * 1024) });
    expect((await post(portal, '', body, json)).status).toBe(500);
  });
});

describe('a path', () => {
  it.each([
    ['GET', `${base}/`, 200],
    ['GET', '/API/2.0/Authentication', 200],
    ['GET', `${base}.json`, 404],
    ['GET', '/api/2.0/nothing', 404],
    ['GET', '/', 404],
    ['HEAD', base, 405],
    ['OPTIONS', base, 405],
    ['DELETE', base, 405],
  ])('%s %s is answered by %i', async (method, path, status) => {
    await using portal = await startPortal();
    const answer = await ask(portal, { method, path });
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.text).toBe('');
  });

  it.each(['confirm', 'logout', 'setphone', 'sendsms', '123456'])('GET /%s allows POST only', async (path) => {
    await using portal = await startPortal();
    const answer = await get(portal, {}, `${base}/${path}`);
    expect([answer.status, answer.headers['allow'], answer.text]).toEqual([405, 'POST', '']);
  });
});
