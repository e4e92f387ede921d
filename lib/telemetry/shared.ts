/** Something that a whole process has once, such as a subscription: started by the first who needs it, stopped by the last. */
export class Shared {
  readonly #start: () => () => void;
  #users = 0;
  #stop: () => void = () => undefined;

  constructor(start: () => () => void) {
    this.#start = start;
  }

  /** Needs it from now on; returns how to say that it is needed no more, which may be called twice. */
  join(): () => void {
    if (this.#users++ === 0) this.#stop = this.#start();
    let isIn = true;
    return () => {
      if (isIn && --this.#users === 0) this.#stop();
      isIn = false;
    };
  }
}
