import { pbkdf2Sync } from 'node:crypto';
import { BulkheadRejectedError } from 'cockatiel';
import fc from 'fast-check';
import { DocSpaceProtocolError } from '../../lib/auth/errors.js';
import { hashParameters, hashPassword } from '../../lib/auth/password-hash.js';

const DOCKER = '4d9abe238e2f7b14a30a4565d62214a795a15abb798ed61118a69820d6a6146c';
const DEVELOPMENT = '0a783fef249b0cfa2b1ddc3825bf9a5c9c869bf65a4a45cbd5a0c93b16b5a47e';
const QUICK = { size: 256, iterations: 2, salt: DOCKER };

describe('hashPassword', () => {
  it.each([
    [DOCKER, 'password', '1e90d9ca1d0cf47fe342ddd4665d05eb06aa3c1e62dccf03a72e0342558de94f'],
    [DOCKER, 'SecurePassword123!', '99dbec8b6a3ef613f4fc4b58241e14bb08439e36315c9bec46d387118615bcab'],
    [DOCKER, 'пароль', '0856499fa2f9ad8571f6d6500b4c3e07b66802e59883a5c2ffa8ce609fd08d0b'],
    [DOCKER, '11111111', '18ea5e2601e83dd00e953d6d69eafd98a3dbb9c78b0c0fe8c87c3d56a84748ab'],
    [DEVELOPMENT, 'password', '954f8b4cac3730fa5297404214b1252c938b929581c3a40fcd88c5e68d5e31ca'],
    [DEVELOPMENT, 'SecurePassword123!', '67170fef854291fbbc658455537ef1a64ce174426fec888c4977499dd92fc711'],
    [DEVELOPMENT, 'пароль', 'c593fb524af588499edf2d78b8f052ff67df81fd5bbe5a7916c689acd02a3239'],
    [DEVELOPMENT, '11111111', '0810a9118d1ef7982de91fc0a68d265209d61ee27dee9ec8a897cadc7e10c561'],
  ])('is the portal’s own, salt %s, password %s', async (salt, password, hash) => {
    await expect(hashPassword(password, { size: 256, iterations: 100_000, salt })).resolves.toBe(hash);
  });

  it('takes the salt as text and the trimmed password as UTF-8, for every size', async () => {
    const password = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        password,
        fc.constantFrom(128, 256, 512),
        fc.integer({ min: 1, max: 9 }),
        async (text, size, iterations) => {
          const expected = pbkdf2Sync(Buffer.from(text.trim()), Buffer.from(DOCKER), iterations, size / 8, 'sha256');
          expect(await hashPassword(` ${text}\n`, { size, iterations, salt: DOCKER })).toBe(expected.toString('hex'));
        },
      ),
    );
  });

  it('lets 66 wait, and refuses one more rather than let a queue grow', async () => {
    const hashes = Array.from({ length: 66 }, () => hashPassword('password', QUICK));
    await expect(hashPassword('password', QUICK)).rejects.toBeInstanceOf(BulkheadRejectedError);
    expect(new Set(await Promise.all(hashes)).size).toBe(1);
    await expect(hashPassword('password', QUICK)).resolves.toHaveLength(64);
  });
});

describe('hashParameters', () => {
  it.each([
    [{ size: 128, iterations: 1, salt: '' }],
    [{ size: 256, iterations: 100_000, salt: DOCKER }],
    [{ size: 1024, iterations: 1_000_000, salt: 'x' }],
  ])('takes %j, and nothing else that stands there', (parameters) => {
    expect(hashParameters({ ...parameters, digest: 'md5' })).toEqual(parameters);
  });

  it.each<[wrong: string, given: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'size'],
    ['no size', { iterations: 1, salt: DOCKER }],
    ['no iterations', { size: 256, salt: DOCKER }],
    ['no salt', { size: 256, iterations: 1 }],
    ['a size in text', { ...QUICK, size: '256' }],
    ['iterations in text', { ...QUICK, iterations: '2' }],
    ['a salt that is a number', { ...QUICK, salt: 7 }],
    ['a size too small', { ...QUICK, size: 120 }],
    ['a size too large', { ...QUICK, size: 1032 }],
    ['a size that is no whole number of bytes', { ...QUICK, size: 129 }],
    ['a size that is no whole number', { ...QUICK, size: 256.5 }],
    ['no iteration', { ...QUICK, iterations: 0 }],
    ['more iterations than a portal asks for', { ...QUICK, iterations: 1_000_001 }],
    ['iterations that are no whole number', { ...QUICK, iterations: 2.5 }],
  ])('calls %s an answer that cannot be read', (_, given) => {
    const message = 'GET /api/2.0/settings: no usable passwordHash parameters';
    const endpoint = 'GET /api/2.0/settings';
    expect(() => hashParameters(given)).toThrow(new DocSpaceProtocolError(message, { endpoint, status: 200 }));
  });
});
