import { inspect } from 'node:util';
import fc from 'fast-check';
import { ConfirmType, DocSpaceConfirmation } from 'nestjs-docspace-auth';
import { SECRETS } from '../support/rejections.js';
import { expectNoSecret } from '../support/secrets.js';

const { key, encemail } = SECRETS;
const ROOT = 'https://portal.example.com/confirm';
const UID = '66faa6e4-f133-11ea-b126-00ffeec8b4ef';

const NO_LINK = 'confirmUrl: must be an absolute URL with a known "type" parameter';
const TOO_LONG = 'confirmUrl: the query must have at most 4096 characters';

describe('DocSpaceConfirmation', () => {
  it.each([
    ['PhoneActivation', `type=PhoneActivation&key=${key}&encemail=${encemail}`],
    ['PhoneAuth', `type=PhoneAuth&key=${key}&encemail=${encemail}`],
    ['TfaActivation', `type=TfaActivation&uid=${UID}`],
    ['TfaAuth', `type=TfaAuth&uid=${UID}`],
    ['Auth', `key=${key}&email=ann%2Bwork%40example.com&first=True&type=Auth`],
  ])('from a link for %s is what stands behind the ?, to the letter', (type, query) => {
    for (const url of [
      `${ROOT}/${type}?${query}`,
      new URL(`${ROOT}/${type}?${query}`),
      `${ROOT}/${type}?${query}#top`,
    ]) {
      const confirmation = DocSpaceConfirmation.fromUrl(url);
      expect(confirmation.type).toBe(type);
      expect(confirmation.headers()).toEqual({ confirm: query });
    }
  });

  it.each<[what: string, url: string, message?: string]>([
    ['nothing', ''],
    ['a relative address', `/confirm/Auth?type=Auth&key=${key}`],
    ['no query', `${ROOT}/Auth`],
    ['no type', `${ROOT}/Auth?key=${key}`],
    ['an unknown type', `${ROOT}/Auth?type=Nobody&key=${key}`],
    ['a type in lower case', `${ROOT}/Auth?type=auth&key=${key}`],
    ['a type that every object has', `${ROOT}/Auth?type=constructor&key=${key}`],
    ['4097 characters', `${ROOT}/Auth?${'x'.repeat(4087)}&type=Auth`, TOO_LONG],
  ])('from a link with %s is a TypeError that does not repeat it', (_what, url, message = NO_LINK) => {
    const make = (): unknown => DocSpaceConfirmation.fromUrl(url);
    expect(make).toThrow(new TypeError(message));
    expect(make).toThrow(TypeError);
    try {
      make();
    } catch (error) {
      expectNoSecret(error, [key]);
    }
  });

  it('holds 4096 characters, and no more', () => {
    const query = `${'x'.repeat(4086)}&type=Auth`;
    expect(DocSpaceConfirmation.fromUrl(`${ROOT}/Auth?${query}`).headers()).toEqual({ confirm: query });
    const most = 'x'.repeat(4096 - 'type=Auth&key='.length);
    const { confirm } = DocSpaceConfirmation.of({ type: 'Auth', key: most }).headers();
    expect(confirm).toHaveLength(4096);
    expect(() => DocSpaceConfirmation.of({ type: 'Auth', key: `${most}x` })).toThrow(
      new TypeError('confirmation: must come to at most 4096 characters'),
    );
  });

  it('of an unknown type is refused with a list of those that there are', () => {
    expect(() => DocSpaceConfirmation.of({ type: 'Nobody', key } as never)).toThrow(
      /^type: must be one of (\w+, )+PhoneActivation, (\w+, )+\w+$/,
    );
  });

  it('of its parts is the same as from the link that holds them', () => {
    const parts = fc.record(
      {
        type: fc.constantFrom(...Object.values(ConfirmType)),
        key: fc.string({ unit: 'grapheme', minLength: 1 }),
        uid: fc.uuid(),
        email: fc.emailAddress(),
        encemail: fc.base64String(),
        emplType: fc.constantFrom('Guest' as const, 'User' as const),
        first: fc.constantFrom('True', 'False', ''),
      },
      { requiredKeys: ['type', 'key'] },
    );
    fc.assert(
      fc.property(parts, (given) => {
        const { confirm = '' } = DocSpaceConfirmation.of(given).headers();
        expect(confirm).toMatch(/^[!-~]+$/);
        const { confirm: fromLink } = DocSpaceConfirmation.fromUrl(`${ROOT}/x?${confirm}`).headers();
        for (const query of [confirm, fromLink])
          expect(Object.fromEntries(new URLSearchParams(query))).toEqual({ ...given });
      }),
    );
  });

  it.each<[what: string, parts: object, names: string]>([
    ['an unknown type', { type: 'Nobody', key }, 'type'],
    ['no type', { key }, 'type'],
    ['no key', { type: 'Auth' }, 'key'],
    ['an empty key', { type: 'Auth', key: '' }, 'key'],
    ['a key that is a number', { type: 'Auth', key: 1 }, 'key'],
    ['a user that is null', { type: 'Auth', key, uid: null }, 'uid'],
    ['an e-mail address that is an object', { type: 'Auth', key, email: { toString: () => key } }, 'email'],
    ['half a character', { type: 'Auth', key: `${key}\ud800` }, 'key'],
    ['too much', { type: 'Auth', key: key.repeat(90) }, 'confirmation'],
  ])('of %s is a TypeError that names it and does not repeat it', (_what, parts, names) => {
    const make = (): unknown => DocSpaceConfirmation.of(parts as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(new RegExp(`^${names}: must `));
    try {
      make();
    } catch (error) {
      expectNoSecret(error, [key]);
    }
  });

  it('prints as its type', () => {
    const confirmation = DocSpaceConfirmation.of({ type: 'PhoneActivation', key, encemail });
    expect(String(confirmation)).toBe('DocSpaceConfirmation(PhoneActivation)');
    expect(inspect(confirmation, { showHidden: true })).toBe('DocSpaceConfirmation(PhoneActivation)');
    expect(JSON.stringify(confirmation)).toBe('{"type":"PhoneActivation"}');
    expectNoSecret({ call: { confirmation } }, [key, encemail]);
  });
});
