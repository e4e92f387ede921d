import { Module } from '@nestjs/common';
import { LivePageController } from './live-page.controller.js';
import { LiveGateway } from './live.gateway.js';
import { Room } from './room.js';

@Module({ controllers: [LivePageController], providers: [LiveGateway, Room], exports: [Room] })
export class LiveModule {}
