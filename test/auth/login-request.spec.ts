import { DocSpaceRefusedError } from '../../lib/auth/errors.js';
import { isSocial, loginOf, loginRequest, namesSomebody } from '../../lib/auth/login-request.js';
import type { AuthRequestsDto } from '../../lib/auth/requests.js';

const LINK = { email: 'ann@example.com', key: '1.X' };
const OF_PASSWORD = 'password or passwordHash';
const OF_PROVIDER = 'accessToken, codeOAuth or serializedProfile';

describe('A login', () => {
  it.each<[body: AuthRequestsDto]>([
    [{ userName: 'ann', password: 'secret' }],
    [{ userName: 'ann', passwordHash: 'hash' }],
    [{ userName: 'ann', password: 'secret', passwordHash: ' ' }],
    [{ userName: 'ann', password: 'secret', provider: 'email' }],
    [{ userName: 'ann', password: 'secret', provider: '' }],
    [{ provider: 'google', accessToken: 'token' }],
    [{ provider: 'google', codeOAuth: 'code' }],
    [{ provider: 'email', serializedProfile: 'profile' }],
    [{ serializedProfile: 'profile' }],
    [{ confirmData: LINK }],
    [{ confirmData: LINK, provider: 'google' }],
  ])('may be %j, and what no login has is left out', (body) => {
    expect(loginRequest({ ...body, isAdmin: true })).toStrictEqual(body);
  });

  it.each<[body: unknown, message: string]>([
    [undefined, 'request: must be an object'],
    [null, 'request: must be an object'],
    ['userName', 'request: must be an object'],
    [[], 'request: must be an object'],
    [{}, 'userName: must be a non-empty string'],
    [{ userName: '', password: 'secret' }, 'userName: must be a non-empty string'],
    [{ userName: ['ann'], password: 'secret' }, 'userName: must be a string of at most 8192 characters'],
    [{ userName: 'ann' }, `${OF_PASSWORD}: must be a non-empty string`],
    [{ userName: 'ann', password: '' }, `${OF_PASSWORD}: must be a non-empty string`],
    [{ userName: 'ann', password: ' ' }, `${OF_PASSWORD}: must be a non-empty string`],
    [{ userName: 'ann', passwordHash: ' ' }, `${OF_PASSWORD}: must be a non-empty string`],
    [{ provider: 'google' }, `${OF_PROVIDER}: must be a non-empty string`],
    [{ provider: 'google', accessToken: '' }, `${OF_PROVIDER}: must be a non-empty string`],
    [{ provider: 'google', userName: 'ann', password: 'secret' }, `${OF_PROVIDER}: must be a non-empty string`],
    [{ confirmData: {} }, 'confirmData.email: must be a non-empty string'],
    [{ confirmData: { key: '1.X' }, userName: 'ann' }, 'confirmData.email: must be a non-empty string'],
    [{ confirmData: { email: 'ann@example.com' } }, 'confirmData.key: must be a non-empty string'],
    [{ confirmData: 'link' }, 'confirmData: must be an object'],
  ])('that is %j is refused by the name of its field', (body, message) => {
    expect(() => loginRequest(body)).toThrow(
      expect.objectContaining({ constructor: DocSpaceRefusedError, reason: 'invalid-request', message }) as Error,
    );
  });

  it('whose body cannot be read is refused, without what went wrong within it', () => {
    const body = {
      get userName(): string {
        throw new Error('a secret');
      },
    };
    expect(() => loginRequest(body)).toThrow(
      expect.objectContaining({ reason: 'invalid-request', message: 'request: must be an object' }) as Error,
    );
  });
});

it.each<[body: unknown, isOne: boolean]>([
  [{ userName: 'ann' }, true],
  [{ provider: 'google' }, true],
  [{ serializedProfile: 'profile' }, true],
  [{ confirmData: {} }, true],
  [{ userName: '', provider: '', password: 'secret' }, false],
  [{ accessToken: 'token' }, false],
  [Object.create({ userName: 'ann' }), false],
  [{}, false],
  ['userName', false],
  [Object.assign(() => undefined, { userName: 'ann' }), false],
  [null, false],
  [undefined, false],
])('The body %j is about a login of a portal: %s', (body, isOne) => {
  expect(namesSomebody(body)).toBe(isOne);
});

it.each<[request: AuthRequestsDto, social: boolean, login: string | undefined]>([
  [{ userName: 'ann' }, false, 'ann'],
  [{ userName: 'ann', provider: 'email' }, false, 'ann'],
  [{ userName: 'ann', provider: '' }, false, 'ann'],
  [{ userName: 'ann', provider: 'google' }, true, undefined],
  [{ userName: 'ann', serializedProfile: 'profile' }, true, undefined],
  [{ userName: 'ann', provider: 'email', serializedProfile: 'profile' }, true, undefined],
  [{ userName: 'ann', confirmData: LINK }, false, undefined],
  [{ userName: null }, false, undefined],
  [{}, false, undefined],
])('For %j a social provider answers: %s; and the password is checked of %s', (request, social, login) => {
  expect([isSocial(request), loginOf(request)]).toEqual([social, login]);
});
