/** How many things each name has under way, up to a limit; nothing is kept of names that have none. */
export class Allowance {
  readonly #underWay = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Begins one more for the name, if it may, and always without one; call the returned function when it is over. */
  begin(name: string | undefined): (() => void) | undefined {
    if (name === undefined) return () => undefined;
    const count = this.#underWay.get(name) ?? 0;
    if (count >= this.limit) return undefined;
    this.#underWay.set(name, count + 1);
    return () => this.#end(name);
  }

  #end(name: string): void {
    const count = this.#underWay.get(name) ?? 0;
    if (count > 1) this.#underWay.set(name, count - 1);
    else this.#underWay.delete(name);
  }
}
