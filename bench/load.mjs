/** Load over raw sockets, which leaves the machine to the server: a client of HTTP would take more of it than what is measured. */
import { connect } from 'node:net';

/** Answers a second to the same GET, from a few connections that always have one request open. Throws on any other status. */
export async function load({ url, bearer, connections = 16, ms = 200 }) {
  const { hostname, port, pathname, host } = new URL(url);
  const authorization = bearer ? `Authorization: Bearer ${bearer}\r\n` : '';
  const request = Buffer.from(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n`);
  const began = performance.now();
  const until = began + ms;
  let answers = 0;
  const one = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, hostname);
      let text = '';
      socket.setNoDelay(true);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        const end = text.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
        if (end < 0 || text.length < end + 4 + length) return;
        if (!text.startsWith('HTTP/1.1 200')) reject(new Error(`${url}: ${text.slice(0, 80)}`));
        text = '';
        answers += 1;
        if (performance.now() < until) socket.write(request);
        else {
          socket.destroy();
          resolve();
        }
      });
      socket.write(request);
    });
  await Promise.all(Array.from({ length: connections }, one));
  return (answers * 1000) / (performance.now() - began);
}
