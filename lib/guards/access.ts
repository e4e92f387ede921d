import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { DocSpaceRole } from '../auth/docspace-user.js';

/** Whom a handler lets in. */
export type Access = 'required' | 'optional' | 'anonymous';

/** Symbols, so that no other package's metadata is meant. */
export const ACCESS = Symbol('docspace access');
export const ROLES = Symbol('docspace roles');

/** Metadata does not change, and reading it costs half a hash: remembered by handler, for the class it was last seen in. */
const known = new WeakMap<object, { readonly target: object; readonly access: Access }>();

/** Whom the context's handler lets in; a handler's own word wins over its class's. */
export function accessOf(reflector: Reflector, context: ExecutionContext): Access {
  const handler = context.getHandler();
  const target = context.getClass();
  const seen = known.get(handler);
  if (seen?.target === target) return seen.access;
  const access =
    reflector.get<Access | undefined>(ACCESS, handler) ??
    reflector.get<Access | undefined>(ACCESS, target) ??
    'required';
  known.set(handler, { target, access });
  return access;
}

/** The roles that the context's handler asks for; undefined where its own word lets others in. */
export function rolesOf(reflector: Reflector, context: ExecutionContext): DocSpaceRole[] | undefined {
  const [handler, target] = [context.getHandler(), context.getClass()];
  const own = reflector.get<DocSpaceRole[] | undefined>(ROLES, handler);
  if (own) return own;
  const access = reflector.get<Access | undefined>(ACCESS, handler) ?? 'required';
  return access === 'required' ? reflector.get<DocSpaceRole[] | undefined>(ROLES, target) : undefined;
}
