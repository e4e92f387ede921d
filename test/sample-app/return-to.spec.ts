import { returnPath } from '../../sample-app/sign-in/return-to.js';

describe('where somebody goes after signing in', () => {
  it.each(['/', '/me', '/a/b?c=d&e=%2F#f', '/x//y', '/.//z', '/@evil.example', '/%5Cevil.example'])(
    'is %s when that was asked for, since no browser leaves the site by it',
    (path) => {
      expect(returnPath(path)).toBe(path);
      expect(new URL(path, 'https://here.example').host).toBe('here.example');
    },
  );

  it.each([undefined, ''])('is the profile when nothing was asked for (%j)', (asked) =>
    expect(returnPath(asked)).toBe('/profile'),
  );

  it.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/x\\y',
    '/\t/evil.example',
    '/\n/evil.example',
    '/ /evil.example',
    '/\u0000',
    '/\u007f',
    '/ü',
    'https://evil.example',
    'evil.example',
    'javascript:alert(1)',
    ' /me',
    `/${'x'.repeat(2000)}`,
    ['/me'],
    { a: '/me' },
    1,
  ])('is the start page when %j was asked for', (asked) => expect(returnPath(asked)).toBe('/'));
});
