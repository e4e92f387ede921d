/**
 * The sample application with short times and a socket, in a process of its own: `node --expose-gc app.mjs <portal's URL>`.
 * Tells its address and what its circuit breaker does, and measures itself when it is asked.
 */
import { subscribe, unsubscribe, channel } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Controller, Get, Inject, Module, UseGuards } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { DocSpaceAuthGuard, DocSpaceAuthModule, DocSpaceHandshake } from 'nestjs-docspace-auth';
import { LIMITS } from './limits.mjs';

process.env.DOCSPACE_URL = process.argv[2];
const root = join(import.meta.dirname, '..', '..');
const sample = (path) => import(pathToFileURL(join(root, 'dist-sample-app', path)).href);
const { createApp } = await sample('create-app.js');
const { PortalModule } = await sample('portal/portal.module.js');
const { HomeModule } = await sample('home/home.module.js');
const { AuthModule } = await sample('auth/auth.module.js');
const { SignInModule } = await sample('sign-in/sign-in.module.js');
const { ProfileModule } = await sample('profile/profile.module.js');

/** Decorators without their syntax, which Node does not read. */
class Guarded {
  guarded() {
    return { ok: true };
  }
}
const handler = Object.getOwnPropertyDescriptor(Guarded.prototype, 'guarded');
Get('guarded')(Guarded.prototype, 'guarded', handler);
UseGuards(DocSpaceAuthGuard)(Guarded.prototype, 'guarded', handler);
Controller()(Guarded);

class Socket {
  constructor(handshake) {
    this.handshake = handshake;
  }
  afterInit(server) {
    this.server = server;
    this.handshake.protect(server, { recheckMs: LIMITS.recheckMs });
  }
}
Inject(DocSpaceHandshake)(Socket, undefined, 0);
WebSocketGateway({ path: '/socket' })(Socket);

class Soak {}
Module({
  imports: [
    DocSpaceAuthModule.forRoot({
      portalUrl: process.argv[2],
      globalGuard: true,
      loginCookie: true,
      timeoutMs: LIMITS.timeoutMs,
      sessions: LIMITS.sessions,
      loginThrottle: LIMITS.loginThrottle,
    }),
    PortalModule,
    HomeModule,
    AuthModule,
    SignInModule,
    ProfileModule,
  ],
  controllers: [Guarded],
  providers: [Socket],
})(Soak);

/** Kinds of things that keep a process alive, and how many there are of each. */
function resources() {
  const counts = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Listeners at places that outlive an application. */
function listeners() {
  const emitters = [process, ...streams];
  const counts = emitters.flatMap((emitter) => emitter.eventNames().map((name) => emitter.listenerCount(name)));
  const channels = ['login', 'check', 'logout', 'breaker'].filter((name) => channel(`docspace:${name}`).hasSubscribers);
  return counts.reduce((sum, count) => sum + count, channels.length);
}

// Made at their first use, which is not to be the application's.
const streams = [process.stdout, process.stderr];

const troubles = { unhandledRejection: 0, warning: 0 };
const noteBreaker = ({ state }) => process.send({ breaker: state, at: Date.now() });
const loop = monitorEventLoopDelay({ resolution: 10 });

process.on('unhandledRejection', (error) => {
  troubles.unhandledRejection += 1;
  console.error(error);
});
process.on('warning', () => (troubles.warning += 1));
const orphaned = () => process.exit(1);
process.on('disconnect', orphaned);
let question = () => undefined;
process.on('message', (message) => question(message));

/** What was there before the application; a turn later, when what only loading needed is gone. */
await new Promise((resolve) => setTimeout(resolve, 100));
const before = { resources: resources(), listeners: listeners() };
subscribe('docspace:breaker', noteBreaker);
const app = await createApp(Soak);
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(0, '127.0.0.1');
loop.enable();

/** In milliseconds; counted anew after each look. */
function loopDelay() {
  const [p50, p99, max] = [loop.percentile(50), loop.percentile(99), loop.max].map((ns) => ns / 1e6 - 10);
  loop.reset();
  return { p50, p99, max };
}

async function measure() {
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { heapUsed } = process.memoryUsage();
  const { server } = app.get(Socket);
  const callers = await new Promise((resolve) => app.getHttpServer().getConnections((_, count) => resolve(count)));
  const sockets = server.clients.size;
  return {
    heapUsed,
    cpu: process.cpuUsage(),
    loop: loopDelay(),
    resources: resources(),
    listeners: listeners(),
    callers,
    sockets,
  };
}

question = async (message) => {
  if (message === 'measure') process.send({ measured: await measure(), troubles });
  if (message === 'close') {
    process.off('disconnect', orphaned);
    loop.disable();
    await app.close();
    unsubscribe('docspace:breaker', noteBreaker);
    // What closes takes a turn or two to be gone.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const after = { resources: resources(), listeners: listeners() };
    process.send({ closed: { before, after }, troubles }, () => process.disconnect());
  }
};
process.send({ url: await app.getUrl() });
