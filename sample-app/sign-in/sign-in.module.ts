import { Module } from '@nestjs/common';
import { PortalModule } from '../portal/portal.module.js';
import { SignInController } from './sign-in.controller.js';

@Module({ imports: [PortalModule], controllers: [SignInController] })
export class SignInModule {}
