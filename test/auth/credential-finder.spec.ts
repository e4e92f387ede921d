import { cookieNameOf, CredentialFinder } from '../../lib/auth/credential-finder.js';
import { DocSpaceCredentials } from '../../lib/auth/credentials.js';
import { type DocSpaceAuthConfig, resolveOptions } from '../../lib/docspace-auth.config.js';
import type { DocSpaceAuthModuleOptions, DocSpaceRequest } from '../../lib/docspace-auth.options.js';
import { type RecordedLogs, recordLogs } from '../support/secrets.js';

type Options = Partial<DocSpaceAuthModuleOptions>;

const config = (options: Options = {}): DocSpaceAuthConfig =>
  resolveOptions({
    portalUrl: 'https://one.example.com',
    portals: { second: { portalUrl: 'https://two.example.com' } },
    ...options,
  });

/** What is found of a request with such headers: the kind, and the credentials themselves. */
function found(headers: DocSpaceRequest['headers'], options: Options = {}): string | undefined {
  const credentials = new CredentialFinder(config(options)).find({ headers });
  return credentials && `${credentials.kind} ${credentials.reveal()}`;
}

describe('The credentials of a request', () => {
  const cookie = 'asc_auth_key=of-cookie; asc_auth_key.second=of-second; mine=of-mine';
  const authorization = 'Bearer of-header';
  const second = (): string => 'second';

  it.each<[what: string, headers: DocSpaceRequest['headers'], options: Options, credentials: string | undefined]>([
    ['none', {}, {}, undefined],
    ['the header', { authorization }, {}, 'token of-header'],
    ['the header before the cookie', { authorization, cookie }, {}, 'token of-header'],
    ['the cookie', { cookie }, {}, 'token of-cookie'],
    ['the cookie of its portal', { cookie }, { resolvePortal: second }, 'token of-second'],
    ['the cookie that the options name', { cookie }, { loginCookie: { name: 'mine' } }, 'token of-mine'],
    [
      'what is accepted, though another stands before',
      { authorization: 'Bearer a.b.c', cookie },
      {},
      'token of-cookie',
    ],
    ['what the options accept', { authorization: 'Bearer a.b.c', cookie }, { accept: ['jwt'] }, 'jwt a.b.c'],
    ['none of a kind that is not accepted', { authorization, cookie }, { accept: ['jwt'] }, undefined],
    [
      'what the readers of the application find, each asked in turn',
      { authorization, cookie, 'x-token': 'of-reader' },
      {
        readers: [
          () => undefined,
          ({ headers }) => DocSpaceCredentials.token(String(headers['x-token'])),
          () => DocSpaceCredentials.token('of-nobody'),
        ],
      },
      'token of-reader',
    ],
  ])('are %s', (_what, headers, options, credentials) => {
    expect(found(headers, options)).toBe(credentials);
  });
});

describe('A portal that there is not', () => {
  const warnings = ({ lines }: RecordedLogs): string[] => lines.filter((line) => line.startsWith('warn'));
  const warning = (name: string): string =>
    `warn resolvePortal names ${name}, which is not among the portals: its callers are not signed in DocSpaceAuthModule`;
  /** Looks for credentials at each of these portals with one finder. */
  function lookAt(...names: unknown[]): unknown[] {
    let name: unknown;
    const finder = new CredentialFinder(config({ resolvePortal: () => name as string }));
    return names.map((next) => {
      name = next;
      return finder.find({ headers: { authorization: 'Bearer token' } })?.kind;
    });
  }

  it('knows nobody, and the log says so once for each name', () => {
    using logs = recordLogs();
    expect(lookAt('third', 'default', 'third', '"\n', 'second', undefined)).toEqual([
      undefined,
      'token',
      undefined,
      undefined,
      'token',
      undefined,
    ]);
    expect(warnings(logs)).toEqual([warning('"third"'), warning(String.raw`"\"\n"`), warning('"undefined"')]);
  });

  it('is told of a hundred times at most, and by a hundred characters of its name', () => {
    using logs = recordLogs();
    const names = Array.from({ length: 101 }, (_, index) => `${index}`.padStart(100, 'x'));
    lookAt(`${names[0]}and more`, ...names);
    expect(warnings(logs)).toEqual(names.slice(0, 100).map((name) => warning(`"${name}"`)));
  });
});

it.each([
  [undefined, 'asc_auth_key'],
  ['default', 'asc_auth_key'],
  ['second', 'asc_auth_key.second'],
])('The login cookie at the portal %s is named %s', (portal, name) => {
  expect(cookieNameOf(config(), portal)).toBe(name);
});
