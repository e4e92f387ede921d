import { once } from 'node:events';
import { Agent, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setImmediate as turn } from 'node:timers/promises';
import { HttpService } from '@nestjs/axios';
import axios, { type AxiosAdapter, type AxiosRequestConfig, getAdapter } from 'axios';
import type { DocSpaceHttpOptions } from 'nestjs-docspace-auth';
import { Agents } from '../../lib/auth/agents.js';
import { axiosTransport, nodeTransport } from '../../lib/auth/axios-transport.js';
import { sendByNode } from '../../lib/auth/node-request.js';
import {
  answerOf,
  Limit,
  MAX_BYTES,
  Reading,
  type Transport,
  type TransportRequest,
  UnreadableError,
} from '../../lib/auth/transport.js';
import { undiciTransport } from '../../lib/auth/undici-transport.js';
import { selfSigned } from '../support/certificate.js';
import { RawServer } from '../support/raw-server.js';

const gone = new Error('gone');
const hello = (): { body: string } => ({ body: 'hello' });

describe('a limit', () => {
  it('has no reason and throws nothing until it is reached', () => {
    const limit = new Limit();
    expect(limit.reason).toBeUndefined();
    limit.throwIfReached();
    limit.reach(gone);
    expect(limit.reason).toBe(gone);
    expect(() => limit.throwIfReached()).toThrow(gone);
  });

  it('tells the latest who asked, and nobody else', () => {
    const limit = new Limit();
    const [earlier, latest] = [jest.fn(), jest.fn()];
    limit.whenReached(earlier);
    limit.whenReached(latest);
    limit.reach(gone);
    expect([earlier.mock.calls, latest.mock.calls]).toEqual([[], [[gone]]]);
  });

  it('is a signal for who knows nothing else', () => {
    const limit = new Limit();
    const signal = limit.signal();
    expect(signal.aborted).toBe(false);
    limit.reach(gone);
    expect(signal.reason).toBe(gone);
  });
});

describe('an answer', () => {
  it('has its status and text, and the first value of each header', () => {
    const answer = answerOf(418, { one: 'a', two: ['b', 'c'], odd: 7, none: [] }, 'hello');
    expect([answer.status, answer.text]).toEqual([418, 'hello']);
    const headers = ['one', 'two', 'odd', 'none', 'absent'].map((name) => answer.header(name));
    expect(headers).toEqual(['a', 'b', undefined, undefined, undefined]);
  });

  it.each<[parts: (string | Buffer)[], text: string]>([
    [[], ''],
    [['whole'], 'whole'],
    [['in ', 'two ', 'parts'], 'in two parts'],
    [[Buffer.from([0xc3]), Buffer.from([0xa4])], 'ä'],
  ])('is read part by part: %j', (parts, text) => {
    const giveUp = jest.fn();
    const reading = new Reading(200, { 'content-encoding': 'identity' }, giveUp);
    for (const part of parts) reading.take(Buffer.from(part));
    expect(reading.end()).toMatchObject({ status: 200, text });
    expect(giveUp).not.toHaveBeenCalled();
  });

  it('that is packed is given up at once', () => {
    const giveUp = jest.fn();
    new Reading(200, { 'content-encoding': 'gzip' }, giveUp);
    expect(giveUp.mock.calls).toEqual([[new UnreadableError('packed, which nobody asked for')]]);
    expect(giveUp).toHaveBeenCalledWith(expect.objectContaining({ code: 'ERR_UNREADABLE' }));
  });

  it('may have 256 KiB, and is given up with the first byte more', () => {
    const giveUp = jest.fn();
    const reading = new Reading(200, {}, giveUp);
    reading.take(Buffer.alloc(MAX_BYTES - 1, 'x'));
    reading.take(Buffer.from('x'));
    expect(reading.end().text).toHaveLength(256 * 1024);
    expect(giveUp).not.toHaveBeenCalled();
    reading.take(Buffer.from('x'));
    expect(giveUp.mock.calls).toEqual([[new UnreadableError('too long')]]);
  });
});

/** An axios of an application that has its own ideas. */
function anAxios(): HttpService {
  const instance = axios.create({ baseURL: 'http://127.0.0.1:9/', params: { more: 1 }, timeout: 1, maxRedirects: 5 });
  instance.defaults.headers.common['x-more'] = '1';
  return new HttpService(instance as unknown as HttpService['axiosRef']);
}

const TRANSPORTS: [name: string, open: (options?: DocSpaceHttpOptions) => Transport | Promise<Transport>][] = [
  ['node:http', (options = {}) => nodeTransport(anAxios(), options)],
  ['axios', (options = {}) => axiosTransport(anAxios(), options)],
  ['undici', ({ ca } = {}) => undiciTransport(ca)],
];

describe.each(TRANSPORTS)('a transport over %s', (name, open) => {
  let portal: RawServer;
  let transport: Transport;
  let limit: Limit;
  beforeEach(async () => {
    portal = await RawServer.start(hello);
    transport = await open();
    limit = new Limit();
  });
  afterEach(async () => {
    await transport.close();
    await portal[Symbol.asyncDispose]();
  });

  const get = (given: Partial<TransportRequest> = {}): TransportRequest => ({
    method: 'GET',
    origin: portal.url,
    path: '/path?query=1',
    headers: { accept: 'application/json', 'user-agent': 'a spec' },
    body: undefined,
    limit,
    ...given,
  });

  it('sends what it is given, and nothing of its own but the frame', async () => {
    await transport.send(get());
    const { method, url, headers, body } = portal.last;
    expect([method, url, body]).toEqual(['GET', '/path?query=1', '']);
    expect(headers).toMatchObject({ accept: ['application/json'], 'user-agent': ['a spec'] });
    expect(Object.keys(headers)).toEqual(expect.not.arrayContaining(['content-type', 'accept-encoding', 'x-more']));
  });

  it('sends a body as it is', async () => {
    const headers = { 'content-type': 'application/json', 'user-agent': 'a spec' };
    await transport.send(get({ method: 'POST', headers, body: ' {"a": "ä"}' }));
    expect(portal.last).toMatchObject({ method: 'POST', body: ' {"a": "ä"}' });
    expect(portal.last.headers).toMatchObject({ 'content-type': ['application/json'], 'content-length': ['12'] });
  });

  it('calls a body that is not there nothing', async () => {
    await transport.send(get({ method: 'POST' }));
    expect(portal.last).toMatchObject({ method: 'POST', body: '' });
    expect(portal.last.headers).not.toHaveProperty('content-type');
  });

  it.each([200, 204, 301, 404, 500])('brings any answer as it is (%i)', async (status) => {
    await using elsewhere = await RawServer.start(hello);
    portal.answer({
      status,
      headers: { location: elsewhere.url, 'x-one': 'a', 'set-cookie': ['a=b', 'c=d'] },
      body: status === 204 ? '' : ' {"a":1} ',
    });
    const answer = await transport.send(get());
    expect([answer.status, answer.text]).toEqual([status, status === 204 ? '' : ' {"a":1} ']);
    expect(['x-one', 'set-cookie', 'absent'].map((header) => answer.header(header))).toEqual(['a', 'a=b', undefined]);
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('brings an answer of 256 KiB, and none that is longer', async () => {
    portal.answer({ body: 'x'.repeat(MAX_BYTES) });
    expect((await transport.send(get())).text).toHaveLength(MAX_BYTES);
    portal.answer({ body: 'x'.repeat(MAX_BYTES + 1) });
    await expect(transport.send(get())).rejects.toThrow(name === 'axios' ? 'maxContentLength' : 'too long');
  });

  it('rejects with what the socket says', async () => {
    portal.answer({ raw: 'SSH-2.0-OpenSSH_9.6\r\n' });
    await expect(transport.send(get())).rejects.toMatchObject({
      code: expect.stringMatching(/^(HPE_|ERR_UNREADABLE)/) as string,
    });
    portal.answer((_request, response) => void response.socket?.destroy());
    await expect(transport.send(get())).rejects.toMatchObject({ code: expect.any(String) as string });
    portal.answer((_request, response) => {
      response.writeHead(200, { 'content-length': '17' });
      response.write('cut', () => response.socket?.destroy());
      return undefined;
    });
    await expect(transport.send(get())).rejects.toMatchObject({ code: expect.any(String) as string });
    const toNobody = get();
    await portal[Symbol.asyncDispose]();
    await expect(transport.send(toNobody)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each<[when: string, begin: (response: ServerResponse) => void]>([
    ['before the answer', () => undefined],
    ['within the answer', (response) => void response.writeHead(200).write('a part')],
  ])('rejects with the limit’s reason %s, and hangs up', async (_, begin) => {
    let hungUp: Promise<unknown> = Promise.resolve();
    portal.answer((_request, response) => {
      hungUp = once(response, 'close');
      begin(response);
      void turn().then(() => limit.reach(gone));
      return undefined;
    });
    await expect(transport.send(get())).rejects.toBe(gone);
    await hungUp;
  });

  it('rejects with the limit’s reason while it still waits for a connection', async () => {
    await using silent = await RawServer.start(() => undefined);
    const waiting = transport.send(get({ origin: silent.url.replace('http:', 'https:') }));
    limit.reach(gone);
    await expect(waiting).rejects.toBe(gone);
    expect(silent.requests).toHaveLength(0);
  });

  it('keeps a socket for the next request, for each origin its own, and closes them in the end', async () => {
    const sockets: unknown[] = [];
    const closing: Promise<unknown>[] = [];
    const seen = (_request: unknown, { socket }: ServerResponse): { body: string } => {
      if (socket && !sockets.includes(socket)) closing.push(once(socket, 'close'));
      sockets.push(socket);
      return { body: 'hello' };
    };
    await using other = await RawServer.start(seen);
    portal.answer(seen);
    for (const origin of [portal.url, other.url, portal.url, other.url]) {
      expect((await transport.send(get({ origin }))).text).toBe('hello');
      await turn();
    }
    expect([sockets.length, new Set(sockets).size, sockets[0] === sockets[2]]).toEqual([4, 2, true]);
    await transport.close();
    await Promise.all(closing);
  });

  it('opens at most 64 sockets; what is more waits for one', async () => {
    const sockets = new Set<unknown>();
    const waiting: ServerResponse[] = [];
    let isFull = false;
    portal.answer((_request, response) => {
      sockets.add(response.socket);
      if (isFull) return { body: 'hello' };
      waiting.push(response);
      if (waiting.length === 64) {
        isFull = true;
        for (const one of waiting) one.end('hello');
      }
      return undefined;
    });
    await Promise.all(Array.from({ length: 100 }, () => transport.send(get({ limit: new Limit() }))));
    expect(sockets.size).toBe(64);
  });

  it('trusts the certificates that it is given, and no other', async () => {
    const pair = selfSigned();
    await using secure = await RawServer.start(hello, pair);
    const trusting = await open({ ca: pair.cert });
    const request = get({ origin: secure.url });
    expect((await trusting.send(request)).text).toBe('hello');
    await expect(transport.send(request)).rejects.toMatchObject({
      code: expect.stringContaining('SELF_SIGNED') as string,
    });
    expect(secure.requests).toHaveLength(1);
    await trusting.close();
  });

  it('may be closed twice', async () => {
    await transport.send(get());
    await transport.close();
    await expect(Promise.resolve(transport.close())).resolves.toBeUndefined();
  });
});

describe('a limit that was reached before', () => {
  const requestTo = (origin: string): TransportRequest => {
    const limit = new Limit();
    limit.reach(gone);
    return { method: 'GET', origin, path: '/', headers: {}, body: undefined, limit };
  };

  it('lets nothing be sent over node:http', async () => {
    await using portal = await RawServer.start(hello);
    await expect(sendByNode(requestTo(portal.url), { agent: false })).rejects.toBe(gone);
    expect(portal.requests).toHaveLength(0);
  });

  it('lets nothing be sent over undici', async () => {
    await using portal = await RawServer.start(hello);
    const transport = await undiciTransport(undefined);
    await expect(transport.send(requestTo(portal.url))).rejects.toBe(gone);
    await transport.close();
    expect(portal.requests).toHaveLength(0);
  });
});

describe('a request by node alone', () => {
  const requestTo = (origin: string): TransportRequest => ({
    ...{ method: 'GET', origin, path: '/', headers: {}, body: undefined },
    limit: new Limit(),
  });

  it('shows the answer when it begins, while its socket is open', async () => {
    await using portal = await RawServer.start(hello);
    const seen: unknown[] = [];
    const answer = await sendByNode(requestTo(portal.url), {
      agent: false,
      answering: ({ statusCode, socket }) => seen.push(statusCode, socket.destroyed),
    });
    expect([answer.text, ...seen]).toEqual(['hello', 200, false]);
  });

  it('trusts the certificates that it is given', async () => {
    const pair = selfSigned();
    await using portal = await RawServer.start(hello, pair);
    expect((await sendByNode(requestTo(portal.url), { agent: false, ca: pair.cert })).text).toBe('hello');
    await expect(sendByNode(requestTo(portal.url), { agent: false })).rejects.toMatchObject({
      code: expect.stringContaining('SELF_SIGNED') as string,
    });
  });
});

describe('agents', () => {
  it('are ours where none are given: they keep sockets, drop idle ones in time, and lend the latest first', () => {
    const { http, https } = new Agents({ ca: 'a certificate' });
    const kept = { keepAlive: true, maxSockets: 64, options: { timeout: 15_000, scheduling: 'lifo' } };
    expect(http).toMatchObject(kept);
    expect(https).toMatchObject({ ...kept, options: { ...kept.options, ca: 'a certificate' } });
  });

  it('are the given ones where they are given, and stay open when ours close', async () => {
    const pair = selfSigned();
    await using portal = await RawServer.start(hello);
    await using secure = await RawServer.start(hello, pair);
    const httpAgent = new Agent({ keepAlive: true });
    const httpsAgent = new HttpsAgent({ keepAlive: true, ca: pair.cert });
    for (const open of [nodeTransport, axiosTransport]) {
      const transport = open(anAxios(), { httpAgent, httpsAgent });
      for (const origin of [portal.url, secure.url])
        await transport.send({ method: 'GET', origin, path: '/', headers: {}, body: undefined, limit: new Limit() });
      await transport.close();
    }
    await turn();
    expect([httpAgent, httpsAgent].map(({ freeSockets }) => Object.keys(freeSockets).length)).toEqual([1, 1]);
    httpAgent.destroy();
    httpsAgent.destroy();
  });
});

describe('an adapter that the application brings', () => {
  const send = (transport: Transport, limit = new Limit()) =>
    transport.send({
      ...{ method: 'POST', origin: 'http://portal.test', path: '/path', headers: { accept: 'x' }, body: '{}' },
      limit,
    });

  it('hears what is to be sent and within what bounds, and nothing of the application’s defaults', async () => {
    const seen: AxiosRequestConfig[] = [];
    const adapter: AxiosAdapter = (config) => {
      seen.push(config);
      return Promise.resolve({ data: 'hello', status: 200, statusText: '', headers: { a: 'b' }, config });
    };
    const httpAgent = new Agent();
    const answer = await send(axiosTransport(anAxios(), { adapter, httpAgent }));
    expect([answer.status, answer.text, answer.header('a')]).toEqual([200, 'hello', 'b']);
    const [config = {}] = seen;
    expect(config).toMatchObject({
      ...{ method: 'post', url: 'http://portal.test/path', data: '{}', proxy: false, responseType: 'text' },
      ...{ maxRedirects: 0, maxContentLength: MAX_BYTES, maxBodyLength: MAX_BYTES, validateStatus: null },
      httpAgent,
    });
    for (const name of ['baseURL', 'params', 'timeout', 'xsrfCookieName']) expect(config).not.toHaveProperty(name);
  });

  it('may bring no text, which is an empty one', async () => {
    const adapter: AxiosAdapter = (config) =>
      Promise.resolve({ data: { no: 'text' }, status: 200, statusText: '', headers: {}, config });
    expect((await send(axiosTransport(anAxios(), { adapter }))).text).toBe('');
  });

  it('is not waited for when the time is over, though it does not listen to its signal', async () => {
    const limit = new Limit();
    const sent = send(axiosTransport(anAxios(), { adapter: () => new Promise(() => undefined) }), limit);
    limit.reach(gone);
    await expect(sent).rejects.toBe(gone);
  });

  it('is axios’ own for a proxy', async () => {
    await using proxy = await RawServer.start(hello);
    const { hostname: host, port } = new URL(proxy.url);
    const transport = axiosTransport(anAxios(), { proxy: { protocol: 'http', host, port: Number(port) } });
    expect((await send(transport)).text).toBe('hello');
    expect(proxy.last.url).toBe('http://portal.test/path');
    await transport.close();
    const direct = axiosTransport(anAxios(), { adapter: getAdapter('http') });
    await expect(send(direct)).rejects.toThrow();
    await direct.close();
  });
});
