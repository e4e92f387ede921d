import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** What is said in this process: told to every socket, and to whoever subscribes by GraphQL. */
@Injectable()
export class Room extends EventEmitter<{ said: [sentence: string] }> {
  constructor() {
    super();
    this.setMaxListeners(0);
  }

  say(name: string, text: string): void {
    this.emit('said', `${name}: ${text}`);
  }
}
