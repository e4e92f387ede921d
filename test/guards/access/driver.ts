import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  DocSpaceAuthModule,
  type DocSpaceAuthModuleExtras,
  type DocSpaceAuthModuleOptions,
} from 'nestjs-docspace-auth';
import { type Platform, StartedApp } from '../../support/start-app.js';

/** What a handler says of whom it lets in. */
export type Access = 'protected' | 'optional' | 'anonymous';

/** What a client saw: who the handler said it is, or why it did not run. */
export type Seen = { user: string | null } | { statusCode: number; code: string; reason?: string };

/** A client that calls handlers of one kind of context, with a token or without. */
export interface Driver extends AsyncDisposable {
  call(access: Access, token?: string): Promise<Seen>;
}

export interface AppParts extends ModuleMetadata {
  options: DocSpaceAuthModuleOptions & DocSpaceAuthModuleExtras;
  platform?: Platform;
  /** Done to the application before it listens. */
  prepare?: (app: INestApplication) => unknown;
}

/** A listening application of these parts. */
export async function startApp({ options, platform = 'express', prepare, ...parts }: AppParts): Promise<StartedApp> {
  const compiled = await Test.createTestingModule({
    ...parts,
    imports: [DocSpaceAuthModule.forRoot(options), ...(parts.imports ?? [])],
  }).compile();
  const app =
    platform === 'fastify' ? compiled.createNestApplication(new FastifyAdapter()) : compiled.createNestApplication();
  await prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return new StartedApp(app, await app.getUrl());
}

/** The same address for WebSocket. */
export const wsUrl = (url: string): string => url.replace(/^http/, 'ws');

/** What a refusal tells, without what only people read. */
export function refusalIn(body: unknown): Seen {
  const { statusCode, code, reason } = body as { statusCode: number; code: string; reason?: string };
  return { statusCode, code, ...(reason !== undefined && { reason }) };
}

/** `Authorization`, where there is a token. */
export const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };
