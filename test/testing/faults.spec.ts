import { request } from 'node:http';
import { connect } from 'node:net';
import type { DocSpaceEmulator } from '../../lib/testing/index.js';
import { ask, base, get, post, right, startPortal } from './portal-under-test.js';

/** Everything that comes over one socket until it ends. */
async function raw(portal: DocSpaceEmulator): Promise<string> {
  const socket = connect(Number(new URL(portal.url).port), '127.0.0.1');
  socket.write(`GET ${base} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

describe('a fault', () => {
  it('of latency answers late', async () => {
    await using portal = await startPortal();
    portal.faults.add({ kind: 'latency', delayMs: 30 });
    const before = performance.now();
    expect((await get(portal)).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(25);
  });

  it('of drip sends the whole answer byte by byte', async () => {
    await using portal = await startPortal();
    const whole = await get(portal);
    portal.faults.add({ kind: 'drip', delayMs: 1 });
    expect((await get(portal)).text).toBe(whole.text);
  });

  it('of cut headers ends in the middle of them', async () => {
    await using portal = await startPortal();
    portal.faults.add({ kind: 'cut-headers' });
    expect(await raw(portal)).toBe('HTTP/1.1 200 OK\r\nContent-Type: application/j');
  });

  it('of a cut body ends in the middle of it, after the portal acted', async () => {
    await using portal = await startPortal();
    portal.faults.add({ kind: 'cut-body' });
    await expect(post(portal, '', right)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(portal.journal[0]?.response.status).toBe(200);
    expect((await raw(portal)).split('\r\n\r\n')[1]).toMatch(/^\{"response":false,"count":1,"li/);
  });

  it('of a refused connection closes the port, and the same port opens again', async () => {
    await using portal = await startPortal();
    const { url } = portal;
    portal.faults.add({ kind: 'refuse' });
    await expect(get(portal)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await portal.faults.clear();
    expect([(await get(portal)).status, portal.url]).toEqual([200, url]);
  });

  it('of a reset ends the connection before the portal acted', async () => {
    await using portal = await startPortal();
    portal.faults.add({ kind: 'reset' });
    await expect(post(portal, '', right)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(portal.journal[0]?.response).toEqual({ status: 0, headers: {}, body: '' });
  });

  it('of silence never answers, and ends with the emulator', async () => {
    const portal = await startPortal();
    portal.faults.add({ kind: 'silent' });
    const failed = expect(get(portal)).rejects.toMatchObject({ code: 'ECONNRESET' });
    while (portal.journal.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await portal.stop();
    await failed;
  });

  it('of a status answers with it', async () => {
    await using portal = await startPortal();
    portal.faults.add({
      kind: 'status',
      status: 429,
      retryAfter: 17,
      headers: { 'x-ratelimit-limit': '1500' },
      times: 1,
    });
    const answer = await get(portal);
    expect([answer.status, answer.text, answer.headers['retry-after'], answer.headers['x-ratelimit-limit']]).toEqual([
      429,
      '',
      '17',
      '1500',
    ]);
    portal.faults.add({ kind: 'status' });
    expect((await get(portal)).status).toBe(503);
  });

  it('of HTML answers as a proxy would', async () => {
    await using portal = await startPortal();
    portal.faults.add({ kind: 'html', status: 504 });
    const answer = await get(portal);
    expect([answer.status, answer.headers['content-type'], answer.text.startsWith('<html>')]).toEqual([
      504,
      'text/html',
      true,
    ]);
  });

  it('of garbage answers what is no JSON', async () => {
    await using portal = await startPortal();
    portal.faults.add({ kind: 'garbage' });
    const answer = await get(portal);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(() => JSON.parse(answer.text) as unknown).toThrow();
  });

  it('of a huge body sends it whole to whoever reads on, and no further to whoever does not', async () => {
    await using portal = await startPortal();
    portal.faults.add({ kind: 'huge', bytes: 1024 * 1024, times: 1 });
    expect((await get(portal)).text.length).toBeGreaterThan(1024 * 1024);
    portal.faults.add({ kind: 'huge', bytes: Infinity });
    const first = await new Promise<number>((resolve, reject) => {
      const sent = request(portal.url + base, { agent: false }, (response) => {
        response.once('data', (chunk: Buffer) => {
          sent.destroy();
          resolve(chunk.length);
        });
      });
      sent.on('error', reject).end();
    });
    expect(first).toBeGreaterThan(0);
  });

  it('concerns a path, a method and a number of requests, the first planned first', async () => {
    await using portal = await startPortal();
    portal.faults.add({ kind: 'status', status: 501, path: `${base}/logout` });
    portal.faults.add({ kind: 'status', status: 502, path: /settings$/, times: 1 });
    portal.faults.add({ kind: 'status', status: 503, method: 'post', times: 2 });
    const statuses = [
      await get(portal),
      await post(portal, '/logout'),
      await get(portal, {}, '/api/2.0/settings?x=1'),
      await get(portal, {}, '/api/2.0/settings'),
      await post(portal, '', right),
      await post(portal, '', right),
      await post(portal, '', right),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 501, 502, 200, 503, 503, 200]);
    await portal.faults.clear();
    expect((await ask(portal, { method: 'POST', path: `${base}/logout` })).status).toBe(200);
  });
});
