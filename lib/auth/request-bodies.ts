import type { AuthRequestsDto, ConfirmData, EmailValidationKeyModel, MobileRequestsDto } from './requests.js';

type FieldType = 'string' | 'boolean' | 'number' | 'confirmData' | 'name';

/** The fields of a login's body with their types; the portal binds strictly and ignores what it does not know. */
export const AUTH_FIELDS = {
  userName: 'string',
  password: 'string',
  passwordHash: 'string',
  provider: 'string',
  accessToken: 'string',
  serializedProfile: 'string',
  codeOAuth: 'string',
  session: 'boolean',
  confirmData: 'confirmData',
  recaptchaType: 'number',
  recaptchaResponse: 'string',
  culture: 'string',
} as const satisfies Record<keyof AuthRequestsDto, FieldType>;

const LINK_FIELDS = { email: 'string', first: 'boolean', key: 'string' } as const satisfies Record<
  keyof ConfirmData,
  FieldType
>;

/** The fields of `confirm`'s body. */
export const CONFIRM_FIELDS = {
  key: 'string',
  emplType: 'name',
  email: 'string',
  encEmail: 'string',
  uiD: 'string',
  type: 'name',
  first: 'string',
  roomId: 'string',
} as const satisfies Record<keyof EmailValidationKeyModel, FieldType>;

/** The fields of `setphone`'s body. */
export const PHONE_FIELDS = { mobilePhone: 'string' } as const satisfies Record<keyof MobileRequestsDto, FieldType>;

/** A text longer than this in a request is nobody's password. */
const MAX_TEXT = 8192;

type PlainType = Exclude<FieldType, 'confirmData'>;

const HOLDS: Record<PlainType, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string' && value.length <= MAX_TEXT,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => Number.isInteger(value),
  name: (value) => typeof value === 'string' || Number.isInteger(value),
};

const ALLOWED: Record<PlainType, string> = {
  string: `a string of at most ${MAX_TEXT} characters`,
  boolean: 'true or false',
  number: 'a whole number',
  name: 'one of the names',
};

/**
 * The body to send: the known fields alone, each of its type; null and absent ones left out, and empty e-mails too.
 * @throws TypeError naming the field and what is allowed, never what was given.
 */
export function bodyOf(fields: Record<string, FieldType>, request: object, path = ''): Record<string, unknown> {
  if (typeof request !== 'object' || (request as unknown) === null || Array.isArray(request))
    throw new TypeError(`${path || 'request'}: must be an object`);
  const body: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(fields)) {
    const value: unknown = Object.hasOwn(request, name) ? request[name as keyof typeof request] : undefined;
    if (value === undefined || value === null || (name === 'email' && value === '')) continue;
    if (type === 'confirmData') {
      body[name] = bodyOf(LINK_FIELDS, value, name);
    } else {
      if (!HOLDS[type](value)) throw new TypeError(`${path && `${path}.`}${name}: must be ${ALLOWED[type]}`);
      body[name] = value;
    }
  }
  return body;
}
