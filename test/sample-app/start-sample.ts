import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { DocSpaceEmulator, type DocSpaceEmulatorOptions, demoUsers } from 'nestjs-docspace-auth/testing';
import { AppModule } from '../../sample-app/app.module.js';
import { configure, options as nestOptions } from '../../sample-app/create-app.js';
import { Portal } from '../../sample-app/portal/portal.js';
import { Settings } from '../../sample-app/settings.js';
import type { RecordedLogs } from '../support/secrets.js';

/** The sample application with its emulator, both in this process; closes itself. */
export class StartedSample implements AsyncDisposable {
  constructor(
    private readonly app: NestExpressApplication,
    /** The emulator that it signs in with. */
    readonly portal: DocSpaceEmulator,
    /** The sample's base URL. */
    readonly url: string,
  ) {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    await this.portal.stop();
  }
}

/** How a sample is started; as `npm start` does it, unless said otherwise. */
export interface SampleOptions extends DocSpaceEmulatorOptions {
  /** Whether the emulator passes for somebody's real portal, as with `DOCSPACE_URL`. */
  readonly asRealPortal?: boolean;
}

/** Starts the sample on a free port, whatever the environment says. */
export async function startSample(
  { asRealPortal = false, ...options }: SampleOptions = {},
  logs?: RecordedLogs,
  override?: (builder: TestingModuleBuilder) => unknown,
): Promise<StartedSample> {
  const portal = await DocSpaceEmulator.start({ users: demoUsers, ...options });
  const builder = Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(Settings)
    .useValue(new Settings(0, '127.0.0.1', undefined, undefined))
    .overrideProvider(Portal)
    .useValue(asRealPortal ? new Portal(portal.url) : new Portal(portal.url, portal));
  if (logs) builder.setLogger(logs);
  override?.(builder);
  const compiled = await builder.compile();
  const app = configure(compiled.createNestApplication<NestExpressApplication>(nestOptions));
  await app.listen(0, '127.0.0.1');
  return new StartedSample(app, portal, await app.getUrl());
}
