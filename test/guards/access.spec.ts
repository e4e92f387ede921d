import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AllowAnonymous, OptionalAuth, RequireAuth, RequireRoles } from 'nestjs-docspace-auth';
import { accessOf, rolesOf } from '../../lib/guards/access.js';

class Handlers {
  plain(): void {
    return undefined;
  }
  @AllowAnonymous()
  anonymous(): void {
    return undefined;
  }
  @OptionalAuth()
  optional(): void {
    return undefined;
  }
  @RequireAuth()
  required(): void {
    return undefined;
  }
  @RequireRoles('owner')
  owner(): void {
    return undefined;
  }
  @AllowAnonymous()
  @RequireRoles('owner')
  both(): void {
    return undefined;
  }
}

class Plain extends Handlers {}
@AllowAnonymous()
class Open extends Handlers {}
@OptionalAuth()
class Optional extends Handlers {}
@RequireAuth()
class Required extends Handlers {}
@RequireRoles('admin')
class Admins extends Handlers {}

const reflector = new Reflector();
const at = (controller: typeof Handlers, handler: keyof Handlers): ExecutionContext =>
  ({
    getClass: () => controller,
    getHandler: () => Reflect.get(controller.prototype, handler) as object,
  }) as unknown as ExecutionContext;

describe('Whom a handler lets in', () => {
  it.each<[typeof Handlers, plain: string]>([
    [Plain, 'required'],
    [Open, 'anonymous'],
    [Optional, 'optional'],
    [Required, 'required'],
  ])('is what it says itself, else what %p says; without a word nobody who is not signed in', (controller, plain) => {
    // Twice, since it is remembered; and the same handlers stand in several classes.
    for (let turn = 0; turn < 2; turn++)
      expect([
        accessOf(reflector, at(controller, 'plain')),
        accessOf(reflector, at(controller, 'anonymous')),
        accessOf(reflector, at(controller, 'optional')),
        accessOf(reflector, at(controller, 'required')),
      ]).toEqual([plain, 'anonymous', 'optional', 'required']);
  });

  it('is read once for a handler in its class, since metadata does not change', () => {
    const read = jest.spyOn(reflector, 'get');
    accessOf(reflector, at(Open, 'plain'));
    read.mockClear();
    accessOf(reflector, at(Open, 'plain'));
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
  });
});

describe('The roles that a handler asks for', () => {
  it.each<[typeof Handlers, keyof Handlers, string[] | undefined]>([
    [Plain, 'plain', undefined],
    [Plain, 'owner', ['owner']],
    [Plain, 'both', ['owner']],
    [Admins, 'plain', ['admin']],
    [Admins, 'required', ['admin']],
    [Admins, 'owner', ['owner']],
    [Admins, 'both', ['owner']],
    [Admins, 'anonymous', undefined],
    [Admins, 'optional', undefined],
    [Open, 'owner', ['owner']],
    [Open, 'plain', undefined],
  ])('of %p, on %s, are %j: its own, else its class’s unless it lets others in', (controller, handler, roles) => {
    expect(rolesOf(reflector, at(controller, handler))).toEqual(roles);
  });
});
