import { type ArgumentsHost, HttpException } from '@nestjs/common';
import { DocSpaceAuthError, DocSpaceRefusedError } from '../auth/errors.js';

/** The body of every answer that this package refuses with. */
export interface DocSpaceErrorBody {
  /** The HTTP status, also where there is no HTTP. */
  statusCode: number;
  /** A stable code for programs. */
  code: string;
  /** Why it was refused; absent where nobody refused. */
  reason?: string;
  /** For people, in English; holds no secret. */
  message: string;
}

/** What clients without HTTP see: the payload of `exception` over WebSocket, the error of a microservice's answer. */
export interface DocSpaceMessageBody extends DocSpaceErrorBody {
  /** Always `error`, as in Nest's own exceptions of these kinds. */
  status: 'error';
  /** How long to wait before trying again, in milliseconds, where waiting helps. */
  retryAfterMs?: number;
}

/** What a client is told when nobody said how long to wait, in milliseconds. */
const RETRY_MS = 5000;
/** Reasons for which waiting helps. */
const WAIT = [429, 503];

/** What a client sees of an error: the same words for an unknown user and a wrong password. */
export function bodyOf(error: DocSpaceAuthError): DocSpaceErrorBody {
  const { httpStatus: statusCode } = error;
  const reason = error instanceof DocSpaceRefusedError ? error.reason : undefined;
  return {
    statusCode,
    code: error.code,
    ...(reason && { reason }),
    message: reason === 'invalid-request' ? error.message : (MESSAGES[statusCode] ?? 'Refused'),
  };
}

const MESSAGES: Record<number, string> = {
  401: 'Not signed in',
  403: 'Not allowed',
  429: 'Too many attempts',
  502: 'DocSpace gave an answer that cannot be read',
  503: 'DocSpace is not available',
};

/**
 * Turns an error into what Nest answers with, in the kind of context it happened in; what is no error of ours stays as it is.
 * Over HTTP the answer's headers are set too: `Retry-After` where waiting helps, `WWW-Authenticate` beside a 401.
 * Elsewhere nothing is written; `prepareExceptions` comes first.
 */
export function toException(error: unknown, host: ArgumentsHost): unknown {
  if (!(error instanceof DocSpaceAuthError)) return error;
  const type = host.getType<string>();
  if (type !== 'http') return makers.get(type)?.(messageBodyOf(error)) ?? error;
  const body = bodyOf(error);
  const response = host.switchToHttp().getResponse<HeaderWriter>();
  for (const [name, value] of Object.entries(headersOf(error))) response.header(name, value);
  return new HttpException(body, body.statusCode);
}

/** The headers of an answer over HTTP, also to an upgrade. */
export function headersOf(error: DocSpaceAuthError): Record<string, string> {
  const { httpStatus: statusCode } = error;
  return {
    ...(WAIT.includes(statusCode) && { 'Retry-After': String(Math.ceil(retryMs(error) / 1000)) }),
    ...(statusCode === 401 && { 'WWW-Authenticate': 'Bearer' }),
  };
}

/** What a client is told where there are no headers: how long to wait stands in the body. */
export function messageBodyOf(error: DocSpaceAuthError): DocSpaceMessageBody {
  const body = bodyOf(error);
  return { status: 'error', ...body, ...(WAIT.includes(body.statusCode) && { retryAfterMs: retryMs(error) }) };
}

const retryMs = ({ retryAfterMs = RETRY_MS }: DocSpaceAuthError): number => retryAfterMs;

const refusals = new WeakSet<object>();

/** A `GraphQLError` of ours, told apart without loading the class, for our own filter: Nest would log each as a fault of the application. */
export abstract class GraphqlRefusal {
  abstract readonly extensions: object;

  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && refusals.has(value);
  }
}

type Maker = (body: DocSpaceMessageBody) => Error;

/** How the exceptions of other kinds of contexts are made, as far as such a context has appeared. */
const makers = new Map<string, Maker>();

/** Peers that only such applications have: not loaded, and not needed, before the first context of that kind. */
const LOADERS: Readonly<Record<string, () => Promise<Maker>>> = {
  graphql: async () => {
    const { GraphQLError } = await import('graphql');
    return ({ status: _, message, ...extensions }) => {
      const refusal = new GraphQLError(message, { extensions });
      refusals.add(refusal);
      return refusal;
    };
  },
  ws: async () => {
    const { WsException } = await import('@nestjs/websockets');
    return (body) => new WsException(body);
  },
  rpc: async () => {
    const { RpcException } = await import('@nestjs/microservices');
    return (body) => new RpcException(body);
  },
};

/** Loads what the exceptions of this kind of context are made of. A kind that is not known gets our own errors. */
export async function prepareExceptions(type: string): Promise<void> {
  if (makers.has(type) || !Object.hasOwn(LOADERS, type)) return;
  const maker = await LOADERS[type]?.();
  if (maker) makers.set(type, maker);
}

/** What Express and Fastify have in common. */
interface HeaderWriter {
  header(name: string, value: string): unknown;
}
