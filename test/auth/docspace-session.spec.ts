import { DocSpaceCredentials, DocSpaceSession, type DocSpaceUser } from 'nestjs-docspace-auth';

const CREDENTIALS = DocSpaceCredentials.token('token');
const USER = { id: '1', email: 'ann@example.com' } as DocSpaceUser;

it('A session holds what a portal confirmed, and when', () => {
  const { credentials, portal, checkedAt, stale } = new DocSpaceSession(CREDENTIALS, 'second', 5, true);
  expect(credentials).toBe(CREDENTIALS);
  expect([portal, checkedAt, stale]).toEqual(['second', 5, true]);
});

it('A session has a user only where one was loaded', () => {
  const [without, of] = [undefined, USER].map((user) => new DocSpaceSession(CREDENTIALS, 'default', 5, false, user));
  expect([without?.user, of?.user]).toEqual([undefined, USER]);
  expect(of).toHaveProperty('user');
  expect(without).not.toHaveProperty('user');
});
