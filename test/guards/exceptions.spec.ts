import { type ArgumentsHost, HttpException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { WsException } from '@nestjs/websockets';
import { GraphQLError } from 'graphql';
import { DocSpaceProtocolError, DocSpaceRefusedError, DocSpaceUnavailableError } from 'nestjs-docspace-auth';
import {
  bodyOf,
  GraphqlRefusal,
  headersOf,
  messageBodyOf,
  prepareExceptions,
  toException,
} from '../../lib/guards/exceptions.js';

const wrong = new DocSpaceRefusedError('invalid-credentials', 'wrong password of ann');
const throttled = new DocSpaceRefusedError('throttled', 'ann', { retryAfterMs: 1001 });
const silent = new DocSpaceUnavailableError('ann');

/** A context of that kind; the headers that are set are written down. */
function host(type: string, headers: string[][] = []): ArgumentsHost {
  const response = { header: (...header: string[]) => void headers.push(header) };
  return { getType: () => type, switchToHttp: () => ({ getResponse: () => response }) } as unknown as ArgumentsHost;
}

describe('What a client is told', () => {
  it.each([
    [wrong, { statusCode: 401, code: 'ERR_DOCSPACE_REFUSED', reason: 'invalid-credentials', message: 'Not signed in' }],
    [
      new DocSpaceRefusedError('ip-restricted', 'x'),
      { statusCode: 403, code: 'ERR_DOCSPACE_REFUSED', reason: 'ip-restricted', message: 'Not allowed' },
    ],
    [throttled, { statusCode: 429, code: 'ERR_DOCSPACE_REFUSED', reason: 'throttled', message: 'Too many attempts' }],
    [
      new DocSpaceRefusedError('invalid-request', 'the field is missing'),
      { statusCode: 400, code: 'ERR_DOCSPACE_REFUSED', reason: 'invalid-request', message: 'the field is missing' },
    ],
    [silent, { statusCode: 503, code: 'ERR_DOCSPACE_UNAVAILABLE', message: 'DocSpace is not available' }],
    [
      new DocSpaceProtocolError('x'),
      { statusCode: 502, code: 'ERR_DOCSPACE_PROTOCOL', message: 'DocSpace gave an answer that cannot be read' },
    ],
  ])('of an error is its status, its code and its reason, in words that are the same for all: %s', (error, body) => {
    expect(bodyOf(error)).toStrictEqual(body);
  });

  it('is how long to wait where waiting helps, rounded up over HTTP', () => {
    expect(headersOf(throttled)).toStrictEqual({ 'Retry-After': '2' });
    expect(headersOf(silent)).toStrictEqual({ 'Retry-After': '5' });
    expect(headersOf(new DocSpaceRefusedError('ip-restricted', 'x', { retryAfterMs: 1000 }))).toStrictEqual({});
    expect(messageBodyOf(throttled)).toStrictEqual({ status: 'error', ...bodyOf(throttled), retryAfterMs: 1001 });
    expect(messageBodyOf(silent)).toStrictEqual({ status: 'error', ...bodyOf(silent), retryAfterMs: 5000 });
    expect(messageBodyOf(wrong)).toStrictEqual({ status: 'error', ...bodyOf(wrong) });
  });

  it('is how to sign in, beside a 401', () => {
    expect(headersOf(wrong)).toStrictEqual({ 'WWW-Authenticate': 'Bearer' });
  });
});

describe('The exception', () => {
  it('over HTTP holds the body, and its headers are set', () => {
    const headers: string[][] = [];
    const exception = toException(throttled, host('http', headers));
    expect(exception).toBeInstanceOf(HttpException);
    expect((exception as HttpException).getResponse()).toStrictEqual(bodyOf(throttled));
    expect((exception as HttpException).getStatus()).toBe(429);
    expect(headers).toEqual([['Retry-After', '2']]);
  });

  it('in GraphQL holds all but the status in its extensions, and is known for ours', async () => {
    await prepareExceptions('graphql');
    const exception = toException(throttled, host('graphql')) as GraphQLError;
    const { status: _, message, ...extensions } = messageBodyOf(throttled);
    expect(exception).toBeInstanceOf(GraphQLError);
    expect([exception.message, exception.extensions]).toEqual([message, extensions]);
    expect(exception instanceof GraphqlRefusal).toBe(true);
    for (const other of [new GraphQLError(message, { extensions }), throttled, null, undefined, 'text'])
      expect((other as unknown) instanceof GraphqlRefusal).toBe(false);
  });

  it('over WebSocket and in microservices holds what a message can say', async () => {
    await Promise.all([prepareExceptions('ws'), prepareExceptions('rpc')]);
    const [ws, rpc] = [toException(silent, host('ws')), toException(silent, host('rpc'))];
    expect(ws).toBeInstanceOf(WsException);
    expect((ws as WsException).getError()).toStrictEqual(messageBodyOf(silent));
    expect(rpc).toBeInstanceOf(RpcException);
    expect((rpc as RpcException).getError()).toStrictEqual(messageBodyOf(silent));
  });

  it.each(['telegram', 'constructor', 'toString'])(
    'in a context of a kind that nobody knows, %s, is the error itself',
    async (type) => {
      await prepareExceptions(type);
      expect(toException(wrong, host(type))).toBe(wrong);
    },
  );

  it.each(['http', 'graphql', 'ws', 'rpc'])('of an error that is none of ours is that error, over %s', async (type) => {
    await prepareExceptions(type);
    const mistake = new TypeError('a mistake');
    expect(toException(mistake, host(type))).toBe(mistake);
  });
});
