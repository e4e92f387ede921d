/** The entries beside the main one, each with its optional peer; `tarball.mjs` builds and runs it as `tarball-app.ts`. */
import 'reflect-metadata';
import { Controller, Get, type INestApplication, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { DocSpaceAuthModule } from 'nestjs-docspace-auth';
import { RedisSessionStore } from 'nestjs-docspace-auth/redis';
import { addDocSpaceAuth, ApiDocSpaceAuth } from 'nestjs-docspace-auth/swagger';
import { DocSpaceHealthIndicator } from 'nestjs-docspace-auth/terminus';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly docspace: DocSpaceHealthIndicator,
  ) {}

  @ApiDocSpaceAuth()
  @Get('health')
  @HealthCheck()
  check() {
    return this.health.check([() => this.docspace.isHealthy('docspace')]);
  }
}

async function healthAt(address: string): Promise<string> {
  const response = await fetch(`${address}/health`);
  const { details } = (await response.json()) as { details: { docspace: { status: string; breaker: string } } };
  const { status, breaker } = details.docspace;
  return `GET /health ${response.status} ${JSON.stringify({ status, breaker })}`;
}

/** Nobody listens there; the store says so. */
async function storeWithoutRedis(): Promise<string> {
  const store = new RedisSessionStore({ redis: { host: '127.0.0.1', port: 9 } });
  const failure = await store.get('key').then(
    () => 'answered',
    (error: unknown) => String(error),
  );
  await store.close();
  return `${RedisSessionStore.name} ${/not connected/.exec(failure)?.[0] ?? failure}`;
}

function described(app: INestApplication): string {
  const { paths } = SwaggerModule.createDocument(app, addDocSpaceAuth(new DocumentBuilder()).build());
  const statuses = Object.keys(paths['/health']?.get?.responses ?? {}).filter((status) => /40[13]|503/.test(status));
  return `/health described with ${statuses.join(' ')}`;
}

async function main(): Promise<void> {
  const portal = await DocSpaceEmulator.start();

  @Module({
    imports: [DocSpaceAuthModule.forRoot({ portalUrl: portal.url }), TerminusModule],
    providers: [DocSpaceHealthIndicator],
    controllers: [HealthController],
  })
  class AppModule {}

  Logger.overrideLogger(['warn', 'error', 'fatal']);
  const app = await NestFactory.create(AppModule);
  await app.listen(0, '127.0.0.1');
  process.stdout.write(
    `${[await healthAt(await app.getUrl()), await storeWithoutRedis(), described(app)].join(', ')}\n`,
  );
  await app.close();
  await portal.stop();
}

void main();
