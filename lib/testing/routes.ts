import type { Body } from './binding.js';
import type { Result } from './envelopes.js';
import type { Exchange } from './exchange.js';
import type { BodyShape } from './shapes.js';

/** What an action is given. */
export interface Call {
  readonly exchange: Exchange;
  readonly body: Body;
  /** The part of the path in braces. */
  readonly parameter: string;
}

/** One action of the portal. */
export interface Route {
  readonly method: string;
  /** The path; one last segment may be in braces. */
  readonly path: string;
  /** Who may call it; roles come from the `confirm` header. */
  readonly access: 'anonymous' | 'signed-in' | { readonly roles: readonly string[] };
  /** Scopes that open it besides the general ones. */
  readonly scopes?: readonly string[];
  /** Whether it works while the portal is suspended. */
  readonly whenSuspended?: boolean;
  /** Whether it works on an unpaid portal. */
  readonly whenUnpaid?: boolean;
  /** Whether it works without any portal. */
  readonly needsNoPortal?: boolean;
  readonly body?: BodyShape;
  readonly run: (call: Call) => Result;
}

/** What a request's method and path lead to. */
export type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly parameter: string }
  | { readonly kind: 'wrong-method'; readonly allow: string }
  | { readonly kind: 'nothing' };

/** Finds actions by method and path, whatever the case; a trailing slash is accepted, literal paths win. */
export class RouteTable {
  readonly #byPath = new Map<string, Map<string, Route>>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const path = route.path.toLowerCase().replace(/\{.*\}$/, '{}');
      const methods = this.#byPath.get(path) ?? new Map<string, Route>();
      this.#byPath.set(path, methods.set(route.method, route));
    }
  }

  find(method: string, requested: string): Match {
    const path = requested.endsWith('/') ? requested.slice(0, -1) : requested;
    const literal = this.#byPath.get(path.toLowerCase());
    if (literal) return among(literal, method, '');
    const slash = path.lastIndexOf('/');
    const parameter = path.slice(slash + 1);
    const methods = this.#byPath.get(`${path.slice(0, slash).toLowerCase()}/{}`);
    return methods && parameter !== '' ? among(methods, method, unescaped(parameter)) : { kind: 'nothing' };
  }
}

function among(methods: ReadonlyMap<string, Route>, method: string, parameter: string): Match {
  const route = methods.get(method);
  return route ? { kind: 'route', route, parameter } : { kind: 'wrong-method', allow: [...methods.keys()].join(', ') };
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
