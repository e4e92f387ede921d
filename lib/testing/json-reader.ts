/** A JSON value and where it ended, as .NET reports positions in its errors. */
export type JsonNode =
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'null'; readonly at: number }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[]; readonly at: number }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonNode])[]; readonly at: number };

/** Where JSON is malformed. */
export class MalformedJson extends Error {
  constructor(readonly at: number) {
    super('malformed JSON');
  }
}

const deepest = 32;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Control characters and escapes inside are judged by JSON.parse.
const stringPattern = /"(?:[^"\\]|\\.)*"/y;

/** Reads JSON strictly (no comments, no trailing commas, at most 32 deep), keeping the position of every value. */
export class JsonReader {
  #at = 0;

  constructor(private readonly text: string) {}

  read(): JsonNode {
    const node = this.#value(1);
    this.#space();
    if (this.#at < this.text.length) throw new MalformedJson(this.#at);
    return node;
  }

  #value(depth: number): JsonNode {
    this.#space();
    const letter = this.text[this.#at];
    if (letter === '{') return this.#object(depth);
    if (letter === '[') return this.#array(depth);
    if (letter === '"') return { kind: 'string', value: this.#string(), at: this.#at };
    if (this.#word('true')) return { kind: 'boolean', value: true, at: this.#at };
    if (this.#word('false')) return { kind: 'boolean', value: false, at: this.#at };
    if (this.#word('null')) return { kind: 'null', at: this.#at };
    return { kind: 'number', value: Number(this.#match(numberPattern)), at: this.#at };
  }

  #object(depth: number): JsonNode {
    const at = this.#open(depth);
    const members: [string, JsonNode][] = [];
    if (this.#closes('}')) return { kind: 'object', members, at };
    do {
      this.#space();
      const name = this.#string();
      this.#expect(':');
      members.push([name, this.#value(depth + 1)]);
    } while (this.#closes(','));
    this.#expect('}');
    return { kind: 'object', members, at };
  }

  #array(depth: number): JsonNode {
    const at = this.#open(depth);
    const items: JsonNode[] = [];
    if (this.#closes(']')) return { kind: 'array', items, at };
    do items.push(this.#value(depth + 1));
    while (this.#closes(','));
    this.#expect(']');
    return { kind: 'array', items, at };
  }

  #open(depth: number): number {
    if (depth > deepest) throw new MalformedJson(this.#at);
    this.#at += 1;
    return this.#at;
  }

  #string(): string {
    const start = this.#at;
    try {
      return String(JSON.parse(this.#match(stringPattern)));
    } catch {
      throw new MalformedJson(start);
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined || found === '') throw new MalformedJson(this.#at);
    this.#at += found.length;
    return found;
  }

  #word(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #closes(letter: string): boolean {
    this.#space();
    return this.#word(letter);
  }

  #expect(letter: string): void {
    if (!this.#closes(letter)) throw new MalformedJson(this.#at);
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.text.charAt(this.#at))) this.#at += 1;
  }
}

/** A position as .NET prints it: lines from 0, bytes (not characters) in the line. */
export function position(text: string, at: number): string {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length - 1;
  return `LineNumber: ${line} | BytePositionInLine: ${Buffer.byteLength(before.slice(lineStart))}.`;
}
