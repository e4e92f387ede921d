import { DocSpaceRefusedError } from './errors.js';
import { AUTH_FIELDS, bodyOf } from './request-bodies.js';
import type { AuthRequestsDto } from './requests.js';

/**
 * Reads a login's body: the known fields alone, each of its type, and at least one way to log in.
 * @throws DocSpaceRefusedError `invalid-request` naming the field, before any call.
 */
export function loginRequest(body: unknown): AuthRequestsDto {
  const request = fieldsOf(body);
  const { userName, password, passwordHash, confirmData, serializedProfile, accessToken, codeOAuth } = request;
  if (confirmData) {
    need('confirmData.email', confirmData.email);
    need('confirmData.key', confirmData.key);
  } else if (isSocial(request)) {
    need('accessToken, codeOAuth or serializedProfile', accessToken ?? codeOAuth ?? serializedProfile);
  } else {
    need('userName', userName);
    need('password or passwordHash', passwordHash?.trim() ? passwordHash : password?.trim());
  }
  return request;
}

/** Whether the body is about a login of a portal at all; if not, it may be meant for another strategy. */
export const namesSomebody = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  NAMING.some((name) => Object.hasOwn(body, name) && Boolean(body[name as keyof typeof body]));

const NAMING = [
  'userName',
  'provider',
  'serializedProfile',
  'confirmData',
] as const satisfies (keyof AuthRequestsDto)[];

/** Whether a social provider answers for the user. */
export const isSocial = ({ provider, serializedProfile }: AuthRequestsDto): boolean =>
  Boolean(serializedProfile) || Boolean(provider && provider !== 'email');

/** Whom the login names, as a portal counts attempts; undefined where it names nobody by a password. */
export const loginOf = (request: AuthRequestsDto): string | undefined =>
  request.confirmData || isSocial(request) ? undefined : (request.userName ?? undefined);

function fieldsOf(body: unknown): AuthRequestsDto {
  try {
    return bodyOf(AUTH_FIELDS, body as object);
  } catch (error) {
    throw invalid(error instanceof TypeError ? error.message : 'request: must be an object');
  }
}

function need(field: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw invalid(`${field}: must be a non-empty string`);
}

const invalid = (message: string): DocSpaceRefusedError => new DocSpaceRefusedError('invalid-request', message);
