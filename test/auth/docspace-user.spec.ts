import { DOCSPACE_ROLES, readUser } from '../../lib/auth/docspace-user.js';

const ENDPOINT = 'GET /api/2.0/people/@self';
const ID = '66faa6e4-f133-11ea-b126-00ffeec8b4ef';
const TEXTS = {
  id: ID,
  email: 'ann@example.com',
  userName: 'ann.smith',
  firstName: 'Ann',
  lastName: 'Smith',
  displayName: 'Smith Ann',
};
const MORE_TEXTS = { cultureName: 'de-DE', avatar: '/storage/ann.png', profileUrl: 'https://x.example/profile/ann' };
const NOTHING = {
  ...{ email: '', userName: '', firstName: '', lastName: '', displayName: '', role: 'user' },
  ...{ isOwner: false, isAdmin: false, isRoomAdmin: false, isGuest: false, isLdap: false, isSso: false },
};

describe('a profile', () => {
  it('becomes a user with every text that the portal tells', () => {
    expect(readUser({ ...TEXTS, ...MORE_TEXTS, more: 'x' }, ENDPOINT)).toStrictEqual({
      ...NOTHING,
      ...TEXTS,
      ...MORE_TEXTS,
    });
  });

  it('of an id alone is a plain user without names, culture, picture or page', () => {
    expect(readUser({ id: ID }, ENDPOINT)).toStrictEqual({ id: ID, ...NOTHING });
  });

  it('says nothing by a text that is none, or empty', () => {
    const odd = Object.fromEntries([...Object.keys(TEXTS), ...Object.keys(MORE_TEXTS)].map((name) => [name, 7]));
    expect(readUser({ ...odd, id: ID }, ENDPOINT)).toStrictEqual({ id: ID, ...NOTHING });
    expect(readUser({ id: ID, cultureName: '', avatar: '', profileUrl: '' }, ENDPOINT)).toStrictEqual({
      id: ID,
      ...NOTHING,
    });
  });

  it.each([undefined, null, 'text', 7, [], {}, { id: '' }, { id: 7 }, { id: null }])(
    'without an id cannot be read: %j',
    (profile) => {
      let thrown: unknown;
      try {
        readUser(profile, ENDPOINT);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({
        code: 'ERR_DOCSPACE_PROTOCOL',
        message: 'GET /api/2.0/people/@self: the profile has no id',
        endpoint: ENDPOINT,
        status: 200,
      });
    },
  );
});

describe('a role', () => {
  it.each([
    ['isOwner', { isOwner: true, role: 'owner' }],
    ['isAdmin', { isAdmin: true, role: 'admin' }],
    ['isRoomAdmin', { isRoomAdmin: true, role: 'room-admin' }],
    ['isVisitor', { isGuest: true, role: 'guest' }],
    ['isLDAP', { isLdap: true }],
    ['isSSO', { isSso: true }],
  ])('is told by the flag %s, where it is true', (flag, becomes) => {
    expect(readUser({ id: ID, [flag]: true }, ENDPOINT)).toStrictEqual({ id: ID, ...NOTHING, ...becomes });
    for (const value of [false, 'true', 1, null])
      expect(readUser({ id: ID, [flag]: value }, ENDPOINT)).toStrictEqual({ id: ID, ...NOTHING });
  });

  it('is the highest that holds, except that a guest is nothing more', () => {
    const roleOf = (...flags: string[]): string =>
      readUser({ id: ID, ...Object.fromEntries(flags.map((flag) => [flag, true])) }, ENDPOINT).role;
    expect(roleOf('isOwner', 'isAdmin', 'isRoomAdmin', 'isVisitor')).toBe('owner');
    expect(roleOf('isAdmin', 'isRoomAdmin', 'isVisitor')).toBe('guest');
    expect(roleOf('isAdmin', 'isRoomAdmin')).toBe('admin');
  });

  it('is one of five, the highest first', () => {
    expect(DOCSPACE_ROLES).toEqual(['owner', 'admin', 'room-admin', 'user', 'guest']);
  });
});
