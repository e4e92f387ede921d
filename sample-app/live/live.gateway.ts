import { UseFilters, UseGuards } from '@nestjs/common';
import { MessageBody, type OnGatewayInit, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentUser,
  DocSpaceAuthGuard,
  DocSpaceErrorFilter,
  DocSpaceHandshake,
  type DocSpaceUser,
} from 'nestjs-docspace-auth';
import type { Server } from 'socket.io';
import { Room } from './room.js';

/** The socket behind the guard. Nest gives gateways no global guard and no global filter, so both are named. */
@WebSocketGateway()
@UseGuards(DocSpaceAuthGuard)
@UseFilters(DocSpaceErrorFilter)
export class LiveGateway implements OnGatewayInit<Server> {
  constructor(
    private readonly handshake: DocSpaceHandshake,
    private readonly room: Room,
  ) {}

  afterInit(server: Server): void {
    // Refuses whoever is not signed in, and disconnects whose session is over.
    this.handshake.protect(server);
    this.room.on('said', (sentence) => server.emit('said', sentence));
  }

  @SubscribeMessage('say')
  say(@CurrentUser() { displayName }: DocSpaceUser, @MessageBody() text: unknown): void {
    if (typeof text === 'string') this.room.say(displayName, text);
  }
}
