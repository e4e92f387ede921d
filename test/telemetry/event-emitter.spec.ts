import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { DocSpaceLogin, type DocSpaceLoginEvent } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp } from '../support/start-app.js';

const CHANNELS = ['docspace:login', 'docspace:check', 'docspace:logout', 'docspace:breaker'];

/** As docs/operations.md shows it. */
@Injectable()
class DocSpaceEvents implements OnModuleInit, OnModuleDestroy {
  private readonly forward = (event: unknown, channel: string | symbol): void => {
    this.emitter.emit(channel, event);
  };

  constructor(private readonly emitter: EventEmitter2) {}

  onModuleInit(): void {
    for (const channel of CHANNELS) subscribe(channel, this.forward);
  }

  onModuleDestroy(): void {
    for (const channel of CHANNELS) unsubscribe(channel, this.forward);
  }
}

@Injectable()
class Listener {
  readonly heard: DocSpaceLoginEvent[] = [];

  @OnEvent('docspace:login')
  onLogin(event: DocSpaceLoginEvent): void {
    this.heard.push(event);
  }
}

it('the bridge of the guide hands events to @nestjs/event-emitter until the application ends', async () => {
  await using portal = await DocSpaceEmulator.start();
  const app = await anApp()
    .at(portal.url)
    .imports(EventEmitterModule.forRoot())
    .providers(DocSpaceEvents, Listener)
    .start();
  const { heard } = app.get(Listener);
  const attempt = app.get(DocSpaceLogin).start({ userName: 'ann@example.com', password: 'wrong-password' });
  await expect(attempt).rejects.toThrow();
  expect(heard).toMatchObject([
    { portal: 'default', step: 'start', outcome: 'refused', reason: 'invalid-credentials' },
  ]);
  await app[Symbol.asyncDispose]();
  const late = app.get(DocSpaceLogin).start({ userName: 'ann@example.com', password: 'wrong-password' });
  await expect(late).rejects.toThrow();
  expect(heard).toHaveLength(1);
});
