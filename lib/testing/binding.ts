import type { Exchange } from './exchange.js';
import { JsonReader, MalformedJson, position, type JsonNode } from './json-reader.js';
import type { BodyShape, MemberKind } from './shapes.js';

/** A body that does not bind: 415 for a wrong Content-Type, 400 with the members that are wrong. */
export class BindingFailure extends Error {
  constructor(
    readonly status: 400 | 415,
    readonly errors?: Record<string, string[]>,
  ) {
    super('the body does not bind');
  }
}

type Bound = string | number | boolean | Body | readonly string[] | undefined;

/** A request body after binding; members are asked for by their C# name. */
export class Body {
  readonly #members = new Map<string, Bound>();

  set(name: string, value: Bound): void {
    this.#members.set(name, value);
  }

  text(name: string): string | undefined {
    const value = this.#members.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.#members.get(name);
    return typeof value === 'boolean' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#members.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#members.get(name);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
  }

  nested(name: string): Body | undefined {
    const value = this.#members.get(name);
    return value instanceof Body ? value : undefined;
  }
}

/** Binds a JSON body strictly, as a portal does: from JSON only, names in any case, unknown members ignored. */
export function bind(exchange: Exchange, shape: BodyShape): Body {
  const type = exchange.header('content-type').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!/^(application\/(json|[^/]+\+json)|text\/json)$/.test(type)) throw new BindingFailure(415);
  const text = exchange.body.toString('utf8').replace(/^\ufeff/, '');
  const node = text === '' ? undefined : parsed(text);
  if (node === undefined || node.kind === 'null') {
    throw new BindingFailure(400, { '': ['A non-empty request body is required.'] });
  }
  const invalid = new Map<string, string[]>();
  const body = bindObject(node, shape, { text, path: '$', prefix: '', invalid });
  // Attributes are looked at only once everything has its type.
  for (const name of shape.required ?? []) {
    if (body.text(name) === undefined) invalid.set(name, [`The ${name} field is required.`]);
  }
  if (invalid.size > 0) throw new BindingFailure(400, Object.fromEntries(invalid));
  return body;
}

interface Place {
  readonly text: string;
  readonly path: string;
  readonly prefix: string;
  readonly invalid: Map<string, string[]>;
}

function parsed(text: string): JsonNode {
  try {
    return new JsonReader(text).read();
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
    const message = `The JSON is malformed. Path: $ | ${position(text, error.at)}`;
    throw new BindingFailure(400, { $: [message] });
  }
}

function bindObject(node: JsonNode, shape: BodyShape, place: Place): Body {
  if (node.kind !== 'object') throw mistyped(node, shape.type, place);
  const known = new Map(Object.keys(shape.members).map((name) => [name.toLowerCase(), name]));
  const body = new Body();
  for (const [written, value] of node.members) {
    const name = known.get(written.toLowerCase());
    const kind = name === undefined ? undefined : shape.members[name];
    if (name === undefined || kind === undefined) continue;
    // The last of several members with one name wins, also in being wrong.
    place.invalid.delete(`${place.prefix}${name}`);
    body.set(name, bindMember(value, kind, name, { ...place, path: `${place.path}.${written}` }));
  }
  return body;
}

function bindMember(node: JsonNode, kind: MemberKind, name: string, place: Place): Bound {
  switch (kind.kind) {
    case 'text':
    case 'email':
      return bindText(node, kind.kind === 'email', name, place);
    case 'flag':
    case 'maybe-flag':
      if (node.kind === 'null' && kind.kind === 'maybe-flag') return undefined;
      if (node.kind !== 'boolean') throw mistyped(node, 'System.Boolean', place);
      return node.value;
    case 'guid':
      return bindGuid(node, place);
    case 'number':
      return bindNumber(node, kind, name, place);
    case 'enum':
      return bindEnum(node, kind, place);
    case 'texts':
      return bindTexts(node, place);
    case 'object':
      return node.kind === 'null' ? undefined : bindObject(node, kind.shape, { ...place, prefix: `${name}.` });
  }
}

function bindText(node: JsonNode, email: boolean, name: string, place: Place): string | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind !== 'string') throw mistyped(node, 'System.String', place);
  if (email && !/^[^@\r\n]+@[^@\r\n]+$/.test(node.value)) {
    place.invalid.set(`${place.prefix}${name}`, [`The ${name} field is not a valid e-mail address.`]);
  }
  return node.value;
}

function bindGuid(node: JsonNode, place: Place): string | undefined {
  if (node.kind === 'null') return undefined;
  const hyphenated = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  if (node.kind !== 'string' || !hyphenated.test(node.value)) throw mistyped(node, 'System.Guid', place);
  return node.value.toLowerCase();
}

function bindNumber(node: JsonNode, kind: MemberKind & { kind: 'number' }, name: string, place: Place): number {
  const value = node.kind === 'string' && kind.numericStrings === true ? Number(node.value || NaN) : numberOf(node);
  if (!Number.isInteger(value) || Math.abs(value) > 0x7fff_ffff) throw mistyped(node, kind.type, place);
  const [least, most] = kind.range ?? [-Infinity, Infinity];
  if (value < least || value > most) {
    place.invalid.set(name, [`The field ${name} must be between ${least} and ${most}.`]);
  }
  return value;
}

const numberOf = (node: JsonNode): number => (node.kind === 'number' ? node.value : NaN);

function bindEnum(node: JsonNode, kind: MemberKind & { kind: 'enum' }, place: Place): number | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind === 'number' && Number.isInteger(node.value)) return node.value;
  const wanted = node.kind === 'string' ? node.value.toLowerCase() : '';
  const named = Object.entries(kind.names).find(([name]) => name.toLowerCase() === wanted);
  if (!named) throw mistyped(node, kind.type, place);
  return named[1];
}

function bindTexts(node: JsonNode, place: Place): readonly string[] | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind !== 'array') throw mistyped(node, 'System.Collections.Generic.List`1[System.String]', place);
  return node.items.map((item) => {
    if (item.kind !== 'string') throw mistyped(item, 'System.String', place);
    return item.value;
  });
}

function mistyped(node: JsonNode, type: string, { text, path }: Place): BindingFailure {
  const where = `Path: ${path} | ${position(text, node.at)}`;
  return new BindingFailure(400, { [path]: [`The JSON value could not be converted to ${type}. ${where}`] });
}
