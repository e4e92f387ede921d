import { applyDecorators } from '@nestjs/common';
import { ApiCookieAuth, ApiBearerAuth, ApiResponse, ApiSecurity, type DocumentBuilder } from '@nestjs/swagger';
import { type Access, ACCESS } from '../guards/access.js';

/** What the description says of how credentials travel. */
export interface DocSpaceApiOptions {
  /** The cookie's name, as in the option `loginCookie`; `asc_auth_key` when left out. */
  cookie?: string;
}

/** The names of the two security schemes, by which the decorator refers to them. */
const TOKEN = 'docspace-token';
const COOKIE = 'docspace-cookie';

/**
 * Adds the two ways in which a token may come to a description: as a Bearer token, and as the login cookie.
 * @example
 * const description = addDocSpaceAuth(new DocumentBuilder().setTitle('My API')).build();
 */
export function addDocSpaceAuth(builder: DocumentBuilder, options: DocSpaceApiOptions = {}): DocumentBuilder {
  const { cookie = 'asc_auth_key' } = options;
  return builder
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A DocSpace authentication token' }, TOKEN)
    .addCookieAuth(cookie, { type: 'apiKey', in: 'cookie', description: 'The cookie that a login sets' }, COOKIE);
}

/**
 * Describes what `DocSpaceAuthGuard` does to a route: the two ways to send a token, and the answers 401, 403 and 503. On a
 * class it describes the class's own handlers, each as its `AllowAnonymous` or `OptionalAuth` says; write it above those of
 * the class. It guards nothing.
 */
export function ApiDocSpaceAuth(): ClassDecorator & MethodDecorator {
  return (target: object, name?: string | symbol, method?: PropertyDescriptor): void => {
    if (name !== undefined && method) describe(target, name, method, 'required');
    else describeAll(target as new () => object);
  };
}

function describeAll(controller: new () => object): void {
  const prototype = controller.prototype as object;
  const otherwise = accessSaidBy(controller) ?? 'required';
  for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
    if (name !== 'constructor' && typeof method.value === 'function') describe(prototype, name, method, otherwise);
}

function describe(target: object, name: string | symbol, method: PropertyDescriptor, otherwise: Access): void {
  const access = accessSaidBy(method.value as object) ?? otherwise;
  if (access !== 'anonymous') applyDecorators(...descriptionsOf(access))(target, name, method);
}

const accessSaidBy = (said: object): Access | undefined => Reflect.getMetadata(ACCESS, said) as Access | undefined;

const body = {
  type: 'object',
  properties: {
    statusCode: { type: 'integer' },
    code: { type: 'string', description: 'For programs', example: 'ERR_DOCSPACE_REFUSED' },
    reason: { type: 'string', description: 'Why; absent where nobody refused' },
    message: { type: 'string', description: 'For people' },
  },
  required: ['statusCode', 'code', 'message'],
};
const text = { schema: { type: 'string' } } as const;

/** Made anew for each handler: @nestjs/swagger's decorators remember what they were applied to. */
const descriptionsOf = (access: 'required' | 'optional'): MethodDecorator[] => [
  ApiBearerAuth(TOKEN),
  ApiCookieAuth(COOKIE),
  // An empty requirement says that none need be met.
  access === 'optional'
    ? ApiSecurity({})
    : ApiResponse({
        status: 401,
        description: 'No credentials, or such as DocSpace does not know',
        headers: { 'WWW-Authenticate': text },
        schema: body,
      }),
  ApiResponse({ status: 403, description: 'Known, and not allowed', schema: body }),
  ApiResponse({
    status: 503,
    description: 'DocSpace cannot be asked; nobody is logged out',
    headers: { 'Retry-After': { ...text, description: 'In seconds' } },
    schema: body,
  }),
];
