import type { AuthenticationTokenDto, ConfirmDto } from './responses.js';

type FieldType = 'string' | 'boolean' | 'number';

/** The fields of a login's answer with their types. */
export const TOKEN_FIELDS = {
  token: 'string',
  expires: 'string',
  sms: 'boolean',
  phoneNoise: 'string',
  tfa: 'boolean',
  tfaKey: 'string',
  confirmUrl: 'string',
} as const satisfies Record<keyof AuthenticationTokenDto, FieldType>;

/** The fields of a checked link's answer with their types. */
export const LINK_FIELDS = {
  result: 'number',
  roomId: 'string',
  title: 'string',
  email: 'string',
  isAgent: 'boolean',
} as const satisfies Record<keyof ConfirmDto, FieldType>;

/** Drops the known fields that are of another type than documented, null among them: what has no value is absent. */
export function dropMistyped(response: Record<string, unknown>, fields: Record<string, FieldType>): void {
  for (const [name, type] of Object.entries(fields))
    if (typeof response[name] !== type) Reflect.deleteProperty(response, name);
}
