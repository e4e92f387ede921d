/** An application with one small route behind each of four guards; told its platform and its portal, tells its address. */
import { hash } from 'node:crypto';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocSpaceAuthGuard, DocSpaceAuthModule } from 'nestjs-docspace-auth';

const [platform, portalUrl] = process.argv.slice(2);
const service = new JwtService({ secret: 'a secret of more than thirty-two characters' });

class EmptyGuard {
  canActivate() {
    return true;
  }
}

const tokenOf = ({ headers }) => headers.authorization.slice('Bearer '.length);

class HashGuard {
  canActivate(context) {
    const request = context.getArgByIndex(0);
    request.user = hash('sha256', tokenOf(request), 'binary');
    return true;
  }
}

class JwtGuard {
  canActivate(context) {
    const request = context.getArgByIndex(0);
    request.user = service.verify(tokenOf(request));
    return true;
  }
}

/** Decorators without their syntax, which Node does not read. */
const routes = { empty: EmptyGuard, hash: HashGuard, guarded: DocSpaceAuthGuard, jwt: JwtGuard };
class Routes {}
for (const [path, guard] of Object.entries(routes)) {
  Routes.prototype[path] = () => ({ ok: true });
  const handler = Object.getOwnPropertyDescriptor(Routes.prototype, path);
  Get(path)(Routes.prototype, path, handler);
  UseGuards(guard)(Routes.prototype, path, handler);
}
Controller()(Routes);
class App {}
Module({
  imports: [DocSpaceAuthModule.forRoot({ portalUrl, sessions: { ttlMs: 3_600_000 } })],
  controllers: [Routes],
})(App);

const adapter = platform === 'fastify' ? [new FastifyAdapter()] : [];
const app = await NestFactory.create(App, ...adapter, { logger: false });
await app.listen(0, '127.0.0.1');
process.send({ url: await app.getUrl(), jwt: service.sign({ sub: '66faa6e4', role: 'user' }, { expiresIn: '1h' }) });
// A comparison that fails half-way leaves nobody behind.
process.once('disconnect', () => process.exit());
