import { join } from 'node:path';
import type { NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { serveOpenApi } from './open-api.js';
import { securityHeaders } from './pages/security-headers.js';

/** What is set on the application besides its modules; also for one that a test module made. */
export function configure(app: NestExpressApplication): NestExpressApplication {
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.useStaticAssets(join(process.cwd(), 'sample-app', 'assets'), { prefix: '/assets/' });
  app.useStaticAssets(join(process.cwd(), 'node_modules', 'graphql-ws', 'dist'), { prefix: '/assets/graphql-ws/' });
  serveOpenApi(app);
  return app;
}

/** Quiet but for what goes wrong; a start that fails throws, so that its caller says why. */
export const options: Pick<NestApplicationOptions, 'logger' | 'abortOnError' | 'forceCloseConnections'> = {
  logger: ['warn', 'error', 'fatal'],
  abortOnError: false,
  forceCloseConnections: true,
};

export async function createApp(module: Type): Promise<NestExpressApplication> {
  return configure(await NestFactory.create<NestExpressApplication>(module, options));
}
