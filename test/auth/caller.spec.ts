import { callOf } from '../../lib/auth/caller.js';
import { DocSpaceRefusedError } from '../../lib/auth/errors.js';
import { type DocSpaceAuthConfig, resolveOptions } from '../../lib/docspace-auth.config.js';
import type { DocSpaceAuthModuleOptions, DocSpaceRequest } from '../../lib/docspace-auth.options.js';

const REQUEST: DocSpaceRequest = { headers: { 'x-tenant': 'second', 'x-address': '192.0.2.1' } };
const CLIENT = { address: '192.0.2.1' };

const config = (options: Partial<DocSpaceAuthModuleOptions>): DocSpaceAuthConfig =>
  resolveOptions({
    portalUrl: 'https://one.example.com',
    portals: { second: { portalUrl: 'https://two.example.com' } },
    ...options,
  });

const client: DocSpaceAuthConfig['client'] = ({ headers }) => ({ address: String(headers['x-address']) });
const resolvePortal = ({ headers }: DocSpaceRequest): string => String(headers['x-tenant']);
const nothing = (): undefined => undefined;

describe('What is known of a caller', () => {
  it.each<[what: string, options: Partial<DocSpaceAuthModuleOptions>, call: object]>([
    ['no option', {}, {}],
    ['client', { client }, { client: CLIENT, portal: undefined }],
    ['resolvePortal', { resolvePortal }, { client: undefined, portal: 'second' }],
    ['both', { client, resolvePortal }, { client: CLIENT, portal: 'second' }],
    ['options that say nothing', { client: nothing }, { client: undefined, portal: undefined }],
  ])('is what %s of the application tells of the request', (_what, options, call) => {
    expect(callOf(config(options), REQUEST)).toStrictEqual(call);
  });

  it.each(['third', '', 'Second', '__proto__'])('is never a portal that there is not: "%s"', (name) => {
    const message = 'portal: not one of the application';
    expect(() => callOf(config({ client, resolvePortal: () => name }), REQUEST)).toThrow(
      expect.objectContaining({ constructor: DocSpaceRefusedError, reason: 'invalid-request', message }) as Error,
    );
  });
});
