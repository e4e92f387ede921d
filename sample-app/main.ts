import { Logger } from '@nestjs/common';
import { AppModule } from './app.module.js';
import { createApp } from './create-app.js';
import { Portal } from './portal/portal.js';
import { Settings } from './settings.js';
import { greeting } from './greeting.js';

async function main(): Promise<void> {
  const app = await createApp(AppModule);
  app.enableShutdownHooks([], { useProcessExit: true });
  const { port, host } = app.get(Settings);
  await app.listen(port, host);
  process.stdout.write(greeting(await app.getUrl(), app.get(Portal)));
}

main().catch((error: unknown) => {
  // One line a person can act on; the stack would bury it.
  new Logger('Sample').fatal(error instanceof Error ? error.message : error);
  process.exit(1);
});
