import { type Attempt, limitsOf, lockOf, type Tried } from '../../lib/auth/login-limits.js';
import type { Portal } from '../../lib/auth/portal.js';
import type { DocSpaceAuthConfig } from '../../lib/docspace-auth.config.js';

type Throttle = DocSpaceAuthConfig['loginThrottle'];

const ATTEMPT: Attempt = {
  portal: { name: 'default' } as Portal,
  tried: 'login',
  login: 'ann@example.com',
  user: 'ann',
  address: '192.0.2.1',
};
const limits = (attempt: Partial<Attempt>, loginThrottle: Throttle = { attempts: 7, windowMs: 60_000 }): unknown[] =>
  limitsOf({ ...ATTEMPT, ...attempt }, { loginThrottle, timeoutMs: 5000 } as DocSpaceAuthConfig).map(
    ({ name, attempts, windowMs, isForgiving }) => [name.split('\n')[0], attempts, windowMs, isForgiving],
  );
const nameOf = (attempt: Partial<Attempt>): string | undefined =>
  limitsOf({ ...ATTEMPT, ...attempt }, {
    loginThrottle: { attempts: 4, windowMs: 60_000 },
    timeoutMs: 5000,
  } as DocSpaceAuthConfig).at(-1)?.name;

const PASSWORD = ['password', 7, 65_000, true];

describe('What an attempt counts against', () => {
  it.each<[Tried, unknown[]]>([
    ['login', [PASSWORD]],
    ['app-code', [PASSWORD, ['app', 7, 65_000, true]]],
    ['sms-code', [PASSWORD, ['sms', 4, 605_000, true]]],
    ['resend', [PASSWORD, ['sent', 4, 605_000, false]]],
    ['phone', [['sent', 4, 605_000, false]]],
  ])('%s: the password where the portal checks it, and its own', (tried, expected) => {
    expect(limits({ tried })).toEqual(expected);
    expect(limits({ tried, login: '' })).toEqual(expected.filter((limit) => limit !== PASSWORD));
    expect(limits({ tried }, false)).toEqual([]);
  });

  it('is never more for SMS codes than the portal allows, but less where the options say so', () => {
    expect(limits({ tried: 'sms-code', login: '' }, { attempts: 2, windowMs: 900_000 })).toEqual([
      ['sms', 2, 905_000, true],
    ]);
    expect(limits({ tried: 'resend', login: '' }, { attempts: 2, windowMs: 900_000 })).toEqual([
      ['sent', 4, 905_000, false],
    ]);
  });

  it('of passwords is one name for a login at an address, in any case, as the portal counts', () => {
    const name = nameOf({});
    expect(nameOf({ login: 'ANN@example.com', user: 'other' })).toBe(name);
    const others = [{ login: 'bob@example.com' }, { address: '192.0.2.2' }, { address: undefined }];
    const names = [...others, { portal: { name: 'other' } as Portal }].map(nameOf);
    expect(new Set([name, ...names]).size).toBe(5);
  });

  it.each<Tried>(['app-code', 'sms-code', 'phone'])('of %s is one name for a user, whatever he came by', (tried) => {
    const name = nameOf({ tried });
    expect(nameOf({ tried, user: 'ANN', login: 'other', address: undefined })).toBe(name);
    const names = [{ user: 'bob' }, { portal: { name: 'other' } as Portal }].map((other) =>
      nameOf({ tried, ...other }),
    );
    expect(new Set([name, ...names]).size).toBe(3);
  });

  it('never mixes parts of names up, nor a lock-out with a count', () => {
    const names = [
      nameOf({ address: 'a', login: 'b' }),
      nameOf({ address: 'ab', login: '' }) ?? 'no limit',
      nameOf({ tried: 'app-code' }),
      nameOf({ tried: 'sms-code' }),
      nameOf({ tried: 'resend' }),
      nameOf({ tried: 'phone', user: 'bc', portal: { name: 'a' } as Portal }),
      nameOf({ tried: 'phone', user: 'c', portal: { name: 'ab' } as Portal }),
      lockOf(ATTEMPT),
      lockOf({ ...ATTEMPT, address: 'a', login: 'bc' }),
      lockOf({ ...ATTEMPT, address: 'ab', login: 'c' }),
    ];
    expect(new Set(names).size).toBe(10);
    expect(lockOf({ ...ATTEMPT, login: 'Ann@Example.com' })).toBe(lockOf(ATTEMPT));
  });
});
