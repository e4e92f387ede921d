import { type Channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Listens to channels; returns how to stop. */
export function subscribeTo(...listeners: (readonly [on: Channel, listener: (event: never) => void])[]): () => void {
  const taken = listeners.map(([{ name }, listener]) => [name, (event: unknown) => listener(event as never)] as const);
  for (const [name, listener] of taken) subscribe(name, listener);
  return () => {
    for (const [name, listener] of taken) unsubscribe(name, listener);
  };
}
