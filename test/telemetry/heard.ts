import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What a channel says from now on; hears no more when disposed. */
export class Heard<T> implements Disposable {
  readonly events: T[] = [];
  readonly #listener = (event: unknown): void => void this.events.push(event as T);

  constructor(private readonly name: string) {
    subscribe(name, this.#listener);
  }

  [Symbol.dispose](): void {
    unsubscribe(this.name, this.#listener);
  }
}
