/** A slot is 24 bytes: 16 of its key, 8 of its time. One look reads one place of memory, however many keys there are. */
const WORDS = 6;
const DOUBLES = 3;
/** Where the time stands in a slot; this one says that the slot is free. */
const AT = 2;
const FREE = 0;

/** So many keys compete for staying, each time one has to give way. */
const SAMPLE = 8;

/**
 * Remembers a time for each of so many keys: a hash table with linear probing, in one buffer. Keys are hashes, told apart
 * by their first 16 Latin-1 characters; times are positive.
 *
 * When it is full, the oldest time among the next few under a hand that goes round gives way. Looking writes nothing.
 */
export class TimeTable {
  readonly #max: number;
  readonly #mask: number;
  readonly #words: Uint32Array;
  readonly #times: Float64Array;
  #size = 0;
  #hand = 0;

  constructor(max: number) {
    this.#max = max;
    // An eighth of the slots stays free, which keeps the ways short. Memory that was never written to costs nothing yet.
    const slots = 2 ** Math.ceil(Math.log2((max * 8) / 7));
    this.#mask = slots - 1;
    this.#times = new Float64Array(slots * DOUBLES);
    this.#words = new Uint32Array(this.#times.buffer);
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): number | undefined {
    if (this.#size === 0) return undefined;
    const time = this.#timeAt(this.#slotOf(key));
    return time === FREE ? undefined : time;
  }

  set(key: string, time: number): void {
    let slot = this.#slotOf(key);
    if (this.#timeAt(slot) === FREE && this.#size === this.#max) {
      this.#free(this.#oldest());
      slot = this.#slotOf(key);
    }
    if (this.#timeAt(slot) === FREE) this.#size++;
    for (let word = 0; word < 4; word++) this.#words[slot * WORDS + word] = wordOf(key, word);
    this.#times[slot * DOUBLES + AT] = time;
  }

  delete(key: string): void {
    const slot = this.#slotOf(key);
    if (this.#timeAt(slot) !== FREE) this.#free(slot);
  }

  clear(): void {
    this.#size = 0;
    this.#times.fill(FREE);
  }

  /** Where the key stands, or the free slot where it would. */
  #slotOf(key: string): number {
    const words = this.#words;
    const first = wordOf(key, 0);
    const second = wordOf(key, 1);
    const third = wordOf(key, 2);
    const fourth = wordOf(key, 3);
    for (let slot = first & this.#mask; ; slot = this.#after(slot)) {
      const at = slot * WORDS;
      if (words[at] === first && words[at + 1] === second && words[at + 2] === third && words[at + 3] === fourth)
        return slot;
      if (this.#timeAt(slot) === FREE) return slot;
    }
  }

  #timeAt(slot: number): number {
    return this.#times[slot * DOUBLES + AT] ?? FREE;
  }

  #after(slot: number): number {
    return (slot + 1) & this.#mask;
  }

  /** How far from its first choice the key in the slot stands. */
  #distance(slot: number): number {
    return (slot - (this.#words[slot * WORDS] ?? 0)) & this.#mask;
  }

  /** Keys that stand behind the slot because it was taken move up: a free slot means that nothing stands behind it. */
  #free(slot: number): void {
    let hole = slot;
    for (let next = this.#after(slot); this.#timeAt(next) !== FREE; next = this.#after(next)) {
      if (this.#distance(next) < ((next - hole) & this.#mask)) continue;
      this.#times.copyWithin(hole * DOUBLES, next * DOUBLES, (next + 1) * DOUBLES);
      hole = next;
    }
    this.#times[hole * DOUBLES + AT] = FREE;
    this.#size--;
  }

  /** The slot with the oldest time of a sample. */
  #oldest(): number {
    let oldest = this.#underHand();
    for (let count = 1; count < Math.min(SAMPLE, this.#size); count++) {
      const other = this.#underHand();
      if (this.#timeAt(other) < this.#timeAt(oldest)) oldest = other;
    }
    return oldest;
  }

  /** The next slot that is taken. */
  #underHand(): number {
    do this.#hand = this.#after(this.#hand);
    while (this.#timeAt(this.#hand) === FREE);
    return this.#hand;
  }
}

/** Four characters as one number; the characters of a hash are as good as random. */
function wordOf(key: string, word: number): number {
  const at = word * 4;
  const low = key.charCodeAt(at) | (key.charCodeAt(at + 1) << 8);
  return (low | (key.charCodeAt(at + 2) << 16) | (key.charCodeAt(at + 3) << 24)) >>> 0;
}
