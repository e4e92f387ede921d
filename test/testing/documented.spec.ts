import type { DocSpaceEmulator, DocSpaceEmulatorUser } from '../../lib/testing/index.js';
import { ann, confirmHeader, post, responseOf, right, startWith, type Reply } from './portal-under-test.js';

type Ask = (portal: DocSpaceEmulator) => Promise<Reply>;
const shown = (read: (reply: Reply) => unknown) => read;
const status = shown((reply) => reply.status);
const member = (name: string) => shown((reply) => responseOf(reply)[name]);
const app: Partial<DocSpaceEmulatorUser> = { secondFactor: 'app', appEnrolled: true };
const sms: Partial<DocSpaceEmulatorUser> = { secondFactor: 'sms', phone: '15551231234' };
const code = (portal: DocSpaceEmulator): string => portal.users.get(ann.email)?.appCode() ?? '';

const login: Ask = (portal) => post(portal, '', right);
const locked: Ask = async (portal) => {
  for (let attempt = 1; attempt <= 5; attempt += 1) await post(portal, '', { ...right, password: 'wrong' });
  return login(portal);
};
const setPhoneBySession: Ask = (portal) =>
  post(portal, '/setphone', { mobilePhone: '15551231234' }, { authorization: portal.issueToken(ann.email) });
const setPhoneByLink: Ask = async (portal) =>
  post(portal, '/setphone', { mobilePhone: '15551231234' }, { confirm: confirmHeader(await login(portal)) });
const withHeaderKey: Ask = (portal) =>
  post(portal, '/1', { ...right, remember: true }, { asc_auth_key: portal.users.get(ann.email)?.tfaKey ?? '' });
const confirm: Ask = (portal) => post(portal, '/confirm', { type: 'EmailActivation', key: '1.BAD', email: ann.email });

const rows: [
  name: string,
  user: Partial<DocSpaceEmulatorUser>,
  ask: Ask,
  read: (reply: Reply) => unknown,
  real: unknown,
  documented: unknown,
][] = [
  ['a login', {}, login, status, 200, 201],
  ['an empty user name', {}, (portal) => post(portal, '', { ...right, userName: '' }), status, 401, 400],
  ['an empty password', {}, (portal) => post(portal, '', { ...right, password: '' }), status, 401, 400],
  ['an unknown user', {}, (portal) => post(portal, '', { ...right, userName: 'x@example.com' }), status, 401, 404],
  ['a wrong password', {}, (portal) => post(portal, '', { ...right, password: 'wrong' }), status, 401, 401],
  [
    'a code where none is asked',
    {},
    (portal) => post(portal, '/123456', { ...right, code: '123456' }),
    status,
    401,
    403,
  ],
  ['too many attempts', {}, locked, status, 403, 429],
  ['a code only in the path', app, (portal) => post(portal, `/${code(portal)}`, right), status, 401, 201],
  ['a code only in the body', app, (portal) => post(portal, '/1', { ...right, code: code(portal) }), status, 200, 201],
  ['the key in a header', app, withHeaderKey, status, 401, 403],
  ['the end of a token', {}, login, member('expires'), '2027-07-14T10:20:30.123Z', '2027-07-14T10:20:30.1230000+00:00'],
  ['setphone with a session', { secondFactor: 'sms' }, setPhoneBySession, status, 403, 200],
  ['setphone with a link', { secondFactor: 'sms' }, setPhoneByLink, status, 200, 200],
  ['a phone', sms, login, member('phoneNoise'), '+1555***1234', '+1***1234'],
  ['a confirm link', {}, confirm, member('isAgent'), false, undefined],
  ['the rate limit', {}, login, (reply) => reply.headers['x-ratelimit-limit'], undefined, undefined],
];

describe('where the documentation and the server differ', () => {
  it.each(rows)('%s', async (_name, user, ask, read, real, documented) => {
    await using server = await startWith(user);
    await using paper = await startWith(user, { dialect: 'documented' });
    expect([read(await ask(server)), read(await ask(paper))]).toEqual([real, documented]);
  });
});
