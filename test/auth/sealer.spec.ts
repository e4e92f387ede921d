import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { Sealer } from '../../lib/auth/sealer.js';
import { expectNoSecret } from '../support/secrets.js';

const SECRET = 'a-secret-of-at-least-32-characters';
const OLDER = 'the-older-secret-of-32-characters!';
const PURPOSE = 'docspace login challenge';
const CONTENT = { step: 'sms', login: 'ann@example.com', request: { passwordHash: '1e90d9ca1d0cf47fe342' } };

/** CONTENT, sealed under SECRET by 0.1.0. */
const SEALED_ONCE = [
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiU0s5V2ktVTgifQ',
  '',
  'ssieNlejCK-C4ZN6',
  'HQOBUZTsJmABnO7J-7Sh47k27Qce_wim9DLdiT1PXaY2KY81svFTpni4KqqH3GdlbNZPX9y_iPgv4TfX' +
    'FNT02UyQ_xvzHKPPn4yTtntrM0G0jeal1zObhL-r',
  'xbERo52pZ_mkCwyjA3brWw',
].join('.');

/** The key as RFC 5869 makes it of a secret. */
const keyOf = (secret: string): Uint8Array => new Uint8Array(hkdfSync('sha256', secret, '', PURPOSE, 32));
const sealer = (...secrets: string[]): Sealer => new Sealer(secrets, PURPOSE);
const headerOf = (text: string): Record<string, string> =>
  JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()) as Record<string, string>;

/** What a holder of the key could seal in a way that is not ours. */
function sealedOtherwise(header: object, ivLength = 12, tagLength = 16): string {
  const { kid = '' } = headerOf(sealer(SECRET).seal(CONTENT));
  const protectedHeader = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, ...header })).toString(
    'base64url',
  );
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', keyOf(SECRET), iv).setAAD(Buffer.from(protectedHeader));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(CONTENT)), cipher.final()]);
  const parts = [iv, sealed, cipher.getAuthTag().subarray(0, tagLength)].map((part) => part.toString('base64url'));
  return [protectedHeader, '', ...parts].join('.');
}

/** The same text with one bit of one of its five parts flipped. */
function flipped(text: string, part: number, bit: number): string {
  const parts = text.split('.');
  const bytes = Buffer.from(parts[part] ?? '', 'base64url');
  const at = bit % (bytes.length * 8);
  bytes.writeUInt8(bytes.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
  parts[part] = bytes.toString('base64url');
  return parts.join('.');
}

describe('Sealer', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.object(), (given) => {
        const content: unknown = JSON.parse(JSON.stringify(given));
        expect(sealer(SECRET).open(sealer(SECRET).seal(given))).toEqual(content);
      }),
    );
  });

  it('seals what jose opens', async () => {
    const { plaintext, protectedHeader } = await compactDecrypt(sealer(SECRET).seal(CONTENT), keyOf(SECRET));
    expect(JSON.parse(Buffer.from(plaintext).toString())).toEqual(CONTENT);
    expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', kid: expect.any(String) as string });
  });

  it('opens what jose sealed', async () => {
    const { kid = '' } = headerOf(sealer(SECRET).seal(CONTENT));
    const sealed = await new CompactEncrypt(Buffer.from(JSON.stringify(CONTENT)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, typ: 'challenge' })
      .encrypt(keyOf(SECRET));
    expect(sealer(SECRET).open(sealed)).toEqual(CONTENT);
  });

  it('does not open what jose sealed in another way', async () => {
    const { kid = '' } = headerOf(sealer(SECRET).seal(CONTENT));
    const encrypt = (header: { alg: string; enc: string; kid?: string }, key: Uint8Array): Promise<string> =>
      new CompactEncrypt(Buffer.from(JSON.stringify(CONTENT))).setProtectedHeader(header).encrypt(key);
    const key = keyOf(SECRET);
    expect(sealer(SECRET).open(await encrypt({ alg: 'dir', enc: 'A256GCM' }, key))).toBeUndefined();
    expect(sealer(SECRET).open(await encrypt({ alg: 'dir', enc: 'A128CBC-HS256', kid }, key))).toBeUndefined();
    expect(sealer(SECRET).open(await encrypt({ alg: 'A256KW', enc: 'A256GCM', kid }, key))).toBeUndefined();
  });

  it('opens one way of sealing alone', () => {
    expect(sealer(SECRET).open(sealedOtherwise({}))).toEqual(CONTENT);
    for (const text of [
      sealedOtherwise({ alg: 'A256GCMKW' }),
      sealedOtherwise({ enc: 'A128GCM' }),
      sealedOtherwise({}, 16),
      sealedOtherwise({}, 12, 4),
      sealedOtherwise({}, 12, 0),
      `${sealedOtherwise({})}.`,
      `${sealedOtherwise({})}.e30`,
    ])
      expect(sealer(SECRET).open(text)).toBeUndefined();
  });

  it('opens what other releases sealed, so that a login goes on while one takes the place of another', () => {
    expect(sealer(SECRET).open(SEALED_ONCE)).toEqual(CONTENT);
    expect(headerOf(sealer(SECRET).seal(CONTENT))).toEqual(headerOf(SEALED_ONCE));
  });

  it('seals otherwise each time, in letters that are safe in a cookie, a form and a URL', () => {
    const texts = Array.from({ length: 50 }, () => sealer(SECRET).seal(CONTENT));
    expect(new Set(texts).size).toBe(50);
    for (const text of texts) expect(text).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('shows nothing of what it sealed, nor of its secret', () => {
    const sealing = sealer(SECRET);
    expectNoSecret([sealing, sealing.seal(CONTENT)], [SECRET, CONTENT.login, CONTENT.request.passwordHash]);
  });

  it('opens nothing of which a bit was flipped', () => {
    const text = sealer(SECRET).seal(CONTENT);
    fc.assert(
      fc.property(fc.constantFrom(0, 2, 3, 4), fc.nat(100_000), (part, bit) => {
        const changed = flipped(text, part, bit);
        expect(changed).not.toBe(text);
        expect(sealer(SECRET).open(changed)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('opens nothing of which a letter was changed, left out or added', () => {
    const text = sealer(SECRET).seal(CONTENT);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/ \n%';
    for (let at = 0; at <= text.length; at++) {
      const letter = letters.charAt((at * 7) % letters.length);
      const added = text.slice(0, at) + letter + text.slice(at);
      const left = text.slice(0, at) + text.slice(at + 1);
      const changed = text.slice(0, at) + letter + text.slice(at + 1);
      for (const other of [added, left, changed])
        if (other !== text) expect([at, sealer(SECRET).open(other)]).toEqual([at, undefined]);
    }
  });

  it('opens nothing else, and never throws', () => {
    const segment = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom('', 'bnVsbA', 'e30', 'W10'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(segment, { maxLength: 7 }).map((parts) => parts.join('.')),
        ),
        (text) => {
          expect(sealer(SECRET).open(text)).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('opens nothing that was sealed under another secret, or for another purpose', () => {
    expect(sealer(OLDER).open(sealer(SECRET).seal(CONTENT))).toBeUndefined();
    expect(new Sealer([SECRET], 'another purpose').open(sealer(SECRET).seal(CONTENT))).toBeUndefined();
  });

  it('rotates: the newest secret seals, all open', () => {
    const before = sealer(OLDER).seal(CONTENT);
    const rotated = sealer(SECRET, OLDER);
    expect(rotated.open(before)).toEqual(CONTENT);
    expect(sealer(SECRET).open(rotated.seal(CONTENT))).toEqual(CONTENT);
    expect(sealer(OLDER).open(rotated.seal(CONTENT))).toBeUndefined();
    expect(sealer(SECRET).open(before)).toBeUndefined();
  });

  it('seals nothing without a secret', () => {
    expect(() => sealer().seal(CONTENT)).toThrow(new TypeError('secret: at least one is needed'));
  });
});
