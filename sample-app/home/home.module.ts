import { Module } from '@nestjs/common';
import { PortalModule } from '../portal/portal.module.js';
import { HomeController } from './home.controller.js';

@Module({ imports: [PortalModule], controllers: [HomeController] })
export class HomeModule {}
