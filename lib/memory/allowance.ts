/** How many things each name has under way, up to a limit; nothing is kept of names that have none. */
export class Allowance {
  readonly #underWay = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Runs one more for the name, if it may have that, and always without one; undefined where it may not. */
  run<T>(name: string | undefined, thing: () => Promise<T>): Promise<T> | undefined {
    if (name === undefined) return thing();
    const count = this.#underWay.get(name) ?? 0;
    if (count >= this.limit) return undefined;
    this.#underWay.set(name, count + 1);
    return thing().finally(() => this.#end(name));
  }

  #end(name: string): void {
    const count = this.#underWay.get(name) ?? 0;
    if (count > 1) this.#underWay.set(name, count - 1);
    else this.#underWay.delete(name);
  }
}
