import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  AllowAnonymous,
  CurrentUser,
  DocSpaceAuthGuard,
  type DocSpaceRole,
  type DocSpaceUser,
  OptionalAuth,
  RequireAuth,
  RequireRoles,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, PLATFORMS, type StartedApp } from '../support/start-app.js';

jest.setTimeout(30_000);

const ROLES = ['owner', 'admin', 'room-admin', 'user', 'guest'] as const;

@Controller('alone')
class Alone {
  @RequireRoles('owner')
  @Get('owner')
  owner(): string {
    return 'in';
  }
  @RequireRoles('admin')
  @Get('admin')
  admin(): string {
    return 'in';
  }
  @RequireRoles('room-admin')
  @Get('room-admin')
  roomAdmin(): string {
    return 'in';
  }
  @RequireRoles('user')
  @Get('user')
  user(): string {
    return 'in';
  }
  @RequireRoles('guest')
  @Get('guest')
  guest(): string {
    return 'in';
  }
  @RequireRoles('owner', 'room-admin')
  @Get('either')
  either(): string {
    return 'in';
  }
  @RequireRoles('guest')
  @Get('who')
  who(@CurrentUser() user: DocSpaceUser): string {
    return user.email;
  }
}

@Controller('before')
@UseGuards(DocSpaceAuthGuard)
class GuardBefore {
  @RequireRoles('admin')
  @Get()
  admin(): string {
    return 'in';
  }
}

@Controller('after')
class GuardAfter {
  @UseGuards(DocSpaceAuthGuard)
  @RequireRoles('admin')
  @Get('guard-first')
  guardFirst(): string {
    return 'in';
  }
  @RequireRoles('admin')
  @UseGuards(DocSpaceAuthGuard)
  @Get('roles-first')
  rolesFirst(): string {
    return 'in';
  }
}

@Controller('class')
@RequireRoles('admin')
class OnClass {
  @Get()
  inherited(): string {
    return 'in';
  }
  @RequireRoles('guest')
  @Get('guest')
  lowered(): string {
    return 'in';
  }
  @RequireRoles('owner')
  @Get('owner')
  raised(): string {
    return 'in';
  }
  @AllowAnonymous()
  @Get('anonymous')
  anonymous(): string {
    return 'in';
  }
  @OptionalAuth()
  @Get('optional')
  optional(): string {
    return 'in';
  }
  @RequireAuth()
  @Get('required')
  required(): string {
    return 'in';
  }
}

@Controller('open')
@AllowAnonymous()
@UseGuards(DocSpaceAuthGuard)
class OpenClass {
  @RequireRoles('admin')
  @Get('admin')
  admin(): string {
    return 'in';
  }
  @OptionalAuth()
  @RequireRoles('admin')
  @Get('optional')
  optional(): string {
    return 'in';
  }
}

@Controller('contradiction')
@OptionalAuth()
@RequireRoles('admin')
@UseGuards(DocSpaceAuthGuard)
class Contradiction {
  @Get()
  admin(): string {
    return 'in';
  }
}

describe.each(PLATFORMS)('roles on %s', (platform) => {
  let portal: DocSpaceEmulator;
  let app: StartedApp;

  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({
      users: [
        { email: 'owner@example.com', isOwner: true },
        { email: 'admin@example.com', isAdmin: true },
        { email: 'room-admin@example.com', isRoomAdmin: true },
        { email: 'user@example.com' },
        { email: 'guest@example.com', isGuest: true },
      ],
    });
    app = await anApp()
      .at(portal.url)
      .on(platform)
      .controllers(Alone, GuardBefore, GuardAfter, OnClass, OpenClass, Contradiction)
      .start();
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal.stop();
  });

  const as = (role?: DocSpaceRole): RequestInit =>
    role ? { headers: { authorization: `Bearer ${portal.issueToken(`${role}@example.com`)}` } } : {};
  const statusOf = async (path: string, role?: DocSpaceRole): Promise<number> =>
    (await app.fetch(path, as(role))).status;

  describe.each(ROLES)('a handler for %s', (wanted) => {
    it.each(ROLES)('lets in those at or above it: %s', async (held) => {
      const isEnough = ROLES.indexOf(held) <= ROLES.indexOf(wanted);
      await expect(statusOf(`/alone/${wanted}`, held)).resolves.toBe(isEnough ? 200 : 403);
    });

    it('answers 401 to nobody', async () => {
      await expect(statusOf(`/alone/${wanted}`)).resolves.toBe(401);
    });
  });

  it.each(ROLES)('takes one of several roles as enough: %s', async (held) => {
    await expect(statusOf('/alone/either', held)).resolves.toBe(['user', 'guest'].includes(held) ? 403 : 200);
  });

  it('tells a missing role by its reason', async () => {
    const response = await app.fetch('/alone/admin', as('user'));
    await expect(response.json()).resolves.toEqual({
      statusCode: 403,
      code: 'ERR_DOCSPACE_REFUSED',
      reason: 'role-missing',
      message: 'Not allowed',
    });
  });

  it('needs no other guard for the handler to know the user', async () => {
    const response = await app.fetch('/alone/who', as('guest'));
    await expect(response.text()).resolves.toBe('guest@example.com');
  });

  it.each(['/before', '/after/guard-first', '/after/roles-first'])(
    'decides the same beside the session guard, in any order: %s',
    async (path) => {
      await expect(statusOf(path)).resolves.toBe(401);
      await expect(statusOf(path, 'user')).resolves.toBe(403);
      await expect(statusOf(path, 'admin')).resolves.toBe(200);
    },
  );

  it.each([
    ['/class', 401, 403, 200],
    ['/class/guest', 401, 200, 200],
    ['/class/owner', 401, 403, 403],
    ['/class/anonymous', 200, 200, 200],
    ['/class/optional', 200, 200, 200],
    ['/class/required', 401, 403, 200],
  ])('lets a handler have its own word: %s', async (path, nobody, user, admin) => {
    await expect(statusOf(path)).resolves.toBe(nobody);
    await expect(statusOf(path, 'user')).resolves.toBe(user);
    await expect(statusOf(path, 'admin')).resolves.toBe(admin);
  });

  it.each(['/open/admin', '/open/optional', '/contradiction'])(
    'is never open to nobody, whatever stands beside the roles: %s',
    async (path) => {
      await expect(statusOf(path)).resolves.toBe(401);
      await expect(statusOf(path, 'user')).resolves.toBe(403);
      await expect(statusOf(path, 'admin')).resolves.toBe(200);
    },
  );

  it('answers 503 when the portal does not say who that is', async () => {
    await using silent = await DocSpaceEmulator.start({ users: [{ email: 'admin@example.com', isAdmin: true }] });
    silent.faults.add({ kind: 'status', status: 500, path: '/api/2.0/people/@self' });
    await using other = await anApp().at(silent.url).on(platform).controllers(Alone).start();
    const authorization = `Bearer ${silent.issueToken('admin@example.com')}`;
    const response = await other.fetch('/alone/admin', { headers: { authorization } });
    expect(response.status).toBe(503);
  });
});

describe('roles', () => {
  it.each([
    [[], 'none'],
    [['root'], 'root'],
    [['admin', 'Owner'], 'Owner'],
  ])('stop the start when they are unknown: %j', (roles, given) => {
    expect(() => RequireRoles(...(roles as DocSpaceRole[]))).toThrow(
      `RequireRoles: roles must be some of owner, admin, room-admin, user, guest; given: ${given}`,
    );
  });

  it('ask for the profile once in a while, not each time', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [{ email: 'admin@example.com', isAdmin: true }] });
    await using app = await anApp().at(portal.url).controllers(Alone).start();
    const headers = { authorization: `Bearer ${portal.issueToken('admin@example.com')}` };
    for (let call = 0; call < 3; call++) await app.fetch('/alone/admin', { headers });
    expect(portal.journal.map(({ request }) => request.path)).toEqual([
      '/api/2.0/authentication',
      '/api/2.0/people/@self',
    ]);
  });
});
