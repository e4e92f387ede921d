import { ConfigurableModuleBuilder } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { DocSpaceAuthModuleOptions } from './docspace-auth.options.js';
import { DocSpaceAuthGuard } from './guards/docspace-auth.guard.js';

/** What stands beside the options, in both forms of registration. */
export interface DocSpaceAuthModuleExtras {
  /** Whether every module sees the providers without importing this one. Default true. */
  isGlobal?: boolean;
  /** Whether `DocSpaceAuthGuard` guards every route of the application. Default false. */
  globalGuard?: boolean;
}

const extras: Required<DocSpaceAuthModuleExtras> = { isGlobal: true, globalGuard: false };

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<DocSpaceAuthModuleOptions>({
    optionsInjectionToken: Symbol.for('nestjs-docspace-auth:options'),
  })
    .setClassMethodName('forRoot')
    .setExtras(extras, (definition, { isGlobal, globalGuard }) => ({
      ...definition,
      global: isGlobal,
      // useExisting, so that a test that overrides the guard by its class overrides the global one too.
      providers: [
        ...(definition.providers ?? []),
        ...(globalGuard ? [{ provide: APP_GUARD, useExisting: DocSpaceAuthGuard }] : []),
      ],
    }))
    .build();
