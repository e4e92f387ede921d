import { TOTP } from 'otpauth';
import fc from 'fast-check';
import { checkKey, confirmKey } from '../../lib/testing/confirm-key.js';
import { passwordHash, passwordParameters } from '../../lib/testing/password-hash.js';
import { phoneNoise } from '../../lib/testing/phone.js';
import { acceptsCode, base32, codeAt, fromBase32 } from '../../lib/testing/totp.js';
import { createHash } from 'node:crypto';
import { DocSpaceEmulator } from '../../lib/testing/index.js';
import { base, get, responseOf } from './portal-under-test.js';

const docker = 'your_core_machinekey';
const development = '1123askdasjklasbnd';
const maker = { tenantId: 1, machineKey: docker };
const epoch = Date.UTC(2010, 0, 1);
const week = 7 * 24 * 3_600_000;

describe('the confirm key', () => {
  it.each([
    ['Wizard', 462096722976, '4OD9HUTNJZGBFMMPVOTCBNOVCPGLTBKUNPKGCNY'],
    ['user@example.comPhoneActivation', 520000000000, 'IXOQZRBWOFVZQIVFKSBVZXC91Q033SJTESW2JWOHA'],
    ['66faa6e4-f133-11ea-b126-00ffeec8b4efTfaAuth', 520000000000, 'OBWCKEHVOSKOSZBHAC8JSDY1ZHS0J7EG3LZ5ESUDE'],
    ['user@example.comAuthTrue', 520000000000, 'PXQMTDL7EWOACVCDPAD2GGAC87RXTJLBJPBSYJGT8'],
  ])('of %s is the published one', (subject, ms, hash) => {
    expect(confirmKey(subject, epoch + ms, maker)).toBe(`${ms}.${hash}`);
    expect(checkKey(subject.toUpperCase(), `${ms}.${hash.toLowerCase()}`, week, epoch + ms, maker)).toBe(0);
  });

  it('is looked at before its age: an old forgery is invalid, an old key expired', () => {
    const key = confirmKey('subject', epoch, maker);
    expect(checkKey('subject', key, week, epoch + week, maker)).toBe(0);
    expect(checkKey('subject', key, week, epoch + week + 1, maker)).toBe(2);
    expect(checkKey('other', key, week, epoch + week + 1, maker)).toBe(1);
  });

  it.each(['', '1', '1.2.3', 'x.HASH', '.', '1.'])('is invalid when it is "%s"', (key) => {
    expect(checkKey('subject', key, week, epoch, maker)).toBe(1);
  });
});

describe('the password hash', () => {
  const parameters = (machineKey: string) =>
    passwordParameters(machineKey, (text) => createHash('sha256').update(text).digest());

  it.each([
    [docker, 'password', '1e90d9ca1d0cf47fe342ddd4665d05eb06aa3c1e62dccf03a72e0342558de94f'],
    [docker, 'SecurePassword123!', '99dbec8b6a3ef613f4fc4b58241e14bb08439e36315c9bec46d387118615bcab'],
    [docker, 'пароль', '0856499fa2f9ad8571f6d6500b4c3e07b66802e59883a5c2ffa8ce609fd08d0b'],
    [docker, '11111111', '18ea5e2601e83dd00e953d6d69eafd98a3dbb9c78b0c0fe8c87c3d56a84748ab'],
    [development, 'password', '954f8b4cac3730fa5297404214b1252c938b929581c3a40fcd88c5e68d5e31ca'],
    [development, 'SecurePassword123!', '67170fef854291fbbc658455537ef1a64ce174426fec888c4977499dd92fc711'],
    [development, 'пароль', 'c593fb524af588499edf2d78b8f052ff67df81fd5bbe5a7916c689acd02a3239'],
    [development, ' 11111111 ', '0810a9118d1ef7982de91fc0a68d265209d61ee27dee9ec8a897cadc7e10c561'],
  ])('under the machine key %s of "%s" is the published one', (machineKey, password, hash) => {
    expect(passwordHash(password, parameters(machineKey))).toBe(hash);
  });

  it.each([
    [docker, '4d9abe238e2f7b14a30a4565d62214a795a15abb798ed61118a69820d6a6146c'],
    [development, '0a783fef249b0cfa2b1ddc3825bf9a5c9c869bf65a4a45cbd5a0c93b16b5a47e'],
  ])('has the published salt under the machine key %s', async (machineKey, salt) => {
    await using portal = await DocSpaceEmulator.start({ portal: { machineKey } });
    const settings = responseOf(await get(portal, {}, '/api/2.0/settings'));
    expect(settings['passwordHash']).toEqual({ size: 256, iterations: 100_000, salt });
    expect(base).toBe('/api/2.0/authentication');
  });
});

describe('the authenticator code', () => {
  const secret = Buffer.from('abcDEF1234');

  it('is the published one', () => {
    expect(base32(secret)).toBe('MFRGGRCFIYYTEMZU');
    expect(codeAt(secret, 1)).toBe('450780');
  });

  it('is what the otpauth package computes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat({ max: 2 ** 31 }), (bytes, counter) => {
        const theirs = new TOTP({ secret: base32(bytes), algorithm: 'SHA1', digits: 6, period: 30 });
        expect(codeAt(bytes, counter)).toBe(theirs.generate({ timestamp: counter * 30_000 }));
        expect(fromBase32(base32(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is accepted ten steps to either side, and no further', () => {
    const now = 1_800_000_000_000;
    const accepted = [-11, -10, 0, 10, 11].map((step) => acceptsCode(secret, codeAt(secret, now / 30_000 + step), now));
    expect(accepted).toEqual([false, true, true, true, false]);
  });
});

describe('the phone', () => {
  it.each([
    ['', ''],
    ['1234567', '1234567'],
    ['12345678', '+1234567'],
    ['123456789', '+1234*6789'],
    ['1234567890', '+1234**7890'],
    ['+1 (555) 123-45-67', '+1555***4567'],
  ])('%s is shown as %s', (phone, noise) => {
    expect(phoneNoise(phone, false)).toBe(noise);
  });

  it.each(['1234567890', '15551234567'])('%s can not be masked by DocSpace 3.7.2', (phone) => {
    expect(() => phoneNoise(phone, true)).toThrow('Index was out of range');
    expect(phoneNoise('123456789', true)).toBe('+1234*6789');
  });
});
