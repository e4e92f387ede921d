import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import {
  CurrentUser,
  DocSpaceAuthGuard,
  DocSpaceCredentials,
  DocSpaceSessions,
  type DocSpaceUser,
  RequireRoles,
} from 'nestjs-docspace-auth';
import { signInAs } from 'nestjs-docspace-auth/testing';
import { anApp, type StartedApp } from '../support/start-app';

@Controller()
class Rooms {
  @UseGuards(DocSpaceAuthGuard)
  @Get('me')
  me(@CurrentUser() user: DocSpaceUser): DocSpaceUser {
    return user;
  }

  @RequireRoles('room-admin')
  @Post('rooms')
  create(): string {
    return 'created';
  }
}

let app: StartedApp;
beforeEach(async () => {
  app = await anApp().controllers(Rooms).start();
});
afterEach(() => app[Symbol.asyncDispose]());

const statusOf = async (path: string, init: RequestInit = {}): Promise<number> =>
  (await fetch(app.url + path, init)).status;

it('lets somebody in without a portal, with the profile that was asked for', async () => {
  const ann = signInAs(app, { email: 'ann@example.com', role: 'admin' });
  const response = await fetch(`${app.url}/me`, { headers: ann.headers });
  expect(await response.json()).toMatchObject({ email: 'ann@example.com', role: 'admin', isAdmin: true });
  expect(await statusOf('/rooms', { method: 'POST', headers: ann.headers })).toBe(201);
});

it('takes the cookie too', async () => {
  const { cookie } = signInAs(app);
  expect(await statusOf('/me', { headers: { cookie } })).toBe(200);
});

it('gives nobody more than his role', async () => {
  const bob = signInAs(app, { role: 'guest' });
  expect(await statusOf('/rooms', { method: 'POST', headers: bob.headers })).toBe(403);
});

it('changes nothing for anybody else', async () => {
  signInAs(app);
  const other = signInAs(app, { email: 'other@example.com' });
  expect(await statusOf('/me')).toBe(401);
  expect(await statusOf('/me', { headers: other.headers })).toBe(200);
  const { status } = await app.get(DocSpaceSessions).check(DocSpaceCredentials.token('Z2FyYmFnZQ=='));
  expect(status).toBe('unknown');
});

it('lasts until the session is ended', async () => {
  const ann = signInAs(app);
  expect(await app.get(DocSpaceSessions).end(ann.credentials)).toEqual({ revoked: true });
  expect(await statusOf('/me', { headers: ann.headers })).toBe(401);
});
