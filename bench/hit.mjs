/** A remembered session: the guard's `canActivate` in process, against one hash of the token and against verifying a JWT. */
import { hash } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { DocSpaceAuthGuard, DocSpaceAuthModule } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { byHeader as inHeader, contextOf } from './contexts.mjs';
import { nanoseconds, report, rounds } from './rounds.mjs';

export default async function hit() {
  const portal = await DocSpaceEmulator.start({ users: [{ email: 'ann@example.com', password: 'Secret123!' }] });
  class App {}
  Module({ imports: [DocSpaceAuthModule.forRoot({ portalUrl: portal.url, sessions: { ttlMs: 3_600_000 } })] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const guard = app.get(DocSpaceAuthGuard);
  const token = portal.issueToken('ann@example.com');
  const byHeader = inHeader(token);
  const byCookie = contextOf({
    method: 'GET',
    headers: { cookie: `theme=dark; asc_auth_key=${encodeURIComponent(token)}` },
  });
  const jwt = new JwtService({ secret: 'a secret of more than thirty-two characters' });
  const signed = jwt.sign(
    { sub: '66faa6e4-f133-11ea-b126-00ffeec8b4ef', email: 'ann@example.com', role: 'user' },
    { expiresIn: '1h' },
  );
  await guard.canActivate(byHeader);
  const candidates = {
    'crypto.hash of the token': () => hash('sha256', token),
    'guard, token in the header': () => guard.canActivate(byHeader),
    'guard, token in the cookie': () => guard.canActivate(byCookie),
    '@nestjs/jwt verify, HS256': () => jwt.verify(signed),
  };
  // A JWT takes some hundred times longer: fewer calls, so that all rounds stay close together.
  const figures = await rounds(candidates, 25, (call, name) => nanoseconds(call, name.startsWith('@') ? 400 : 40_000));
  report(figures, 'ns', [
    ['guard (header) / hash', 'guard, token in the header', 'crypto.hash of the token', 'at most 2.5'],
    ['guard (cookie) / hash', 'guard, token in the cookie', 'crypto.hash of the token'],
    ['@nestjs/jwt / guard (header)', '@nestjs/jwt verify, HS256', 'guard, token in the header', 'at least 10'],
  ]);
  await app.close();
  await portal.stop();
}
