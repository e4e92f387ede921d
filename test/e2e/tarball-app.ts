/** A user's application, as small as it can be; `tarball.mjs` builds it against the installed tarball and runs it. */
import 'reflect-metadata';
import { Controller, Get, HttpCode, Logger, Module, Post, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  DocSpaceAuthGuard,
  DocSpaceAuthModule,
  DocSpaceLoginGuard,
  type DocSpaceLoginOutcome,
  type DocSpaceSession,
  DocSpaceSessions,
  LoginOutcome,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator, demoUsers } from 'nestjs-docspace-auth/testing';

@Controller()
class AppController {
  constructor(private readonly sessions: DocSpaceSessions) {}

  @UseGuards(DocSpaceLoginGuard)
  @HttpCode(200)
  @Post('login')
  login(@LoginOutcome() outcome: DocSpaceLoginOutcome): DocSpaceLoginOutcome {
    return outcome;
  }

  @UseGuards(DocSpaceAuthGuard)
  @Get('me')
  me(@Req() { user }: { user: DocSpaceSession }): { portal: string } {
    return { portal: user.portal };
  }

  @UseGuards(DocSpaceAuthGuard)
  @HttpCode(200)
  @Post('logout')
  async logout(@Req() { user }: { user: DocSpaceSession }): Promise<void> {
    await this.sessions.end(user.credentials);
  }
}

async function answers(address: string): Promise<string[]> {
  const ask = async (path: string, method: string, headers: Record<string, string> = {}): Promise<string> => {
    const { status } = await fetch(`${address}${path}`, { method, headers });
    return `${method} ${path} ${status}`;
  };
  const [user] = demoUsers;
  const login = await fetch(`${address}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName: user?.email, password: user?.password }),
  });
  const { token } = (await login.json()) as { token: string };
  const authorization = `Bearer ${token}`;
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return [
    await ask('/me', 'GET'),
    await ask('/me', 'GET', { authorization }),
    await ask('/me', 'GET', { cookie }),
    await ask('/logout', 'POST', { authorization }),
    await ask('/me', 'GET', { authorization }),
  ];
}

async function main(): Promise<void> {
  const portal = await DocSpaceEmulator.start({ users: demoUsers });

  @Module({
    imports: [DocSpaceAuthModule.forRoot({ portalUrl: portal.url, loginCookie: true })],
    controllers: [AppController],
  })
  class AppModule {}

  Logger.overrideLogger(['warn', 'error', 'fatal']);
  const app = await NestFactory.create(AppModule);
  await app.listen(0, '127.0.0.1');
  process.stdout.write(`${(await answers(await app.getUrl())).join(', ')}\n`);
  await app.close();
  await portal.stop();
}

void main();
