/** Load over raw sockets, which leaves the machine to the server: a client of HTTP would take more of it than what is measured. */
import { connect } from 'node:net';

/**
 * Opens a few connections to a server, which stay open; each always has one request under way while load is put on.
 * Throws at an answer that is not 200, comes in pieces, or is of another length than those before it.
 */
export async function connected(url, connections = 16) {
  const { hostname, port, host } = new URL(url);
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(port, hostname)));

  /** Answers a second to the same GET, over so many milliseconds. */
  async function perSecond({ path, bearer, ms }) {
    const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${bearer}\r\n\r\n`);
    const began = performance.now();
    const until = began + ms;
    let [answers, length] = [0, undefined];
    const one = (socket) =>
      new Promise((resolve, reject) => {
        const hear = (chunk) => {
          length ??= chunk.length;
          if (chunk.length !== length || chunk.toString('latin1', 9, 12) !== '200')
            return reject(new Error(`${url}${path}: ${chunk.toString('latin1', 0, 80)}`));
          answers += 1;
          if (performance.now() < until) return socket.write(request);
          socket.off('data', hear);
          resolve();
        };
        socket.on('data', hear);
        socket.write(request);
      });
    await Promise.all(sockets.map(one));
    return (answers * 1000) / (performance.now() - began);
  }

  return { perSecond, close: () => sockets.forEach((socket) => socket.destroy()) };
}

/** A connection; should the server leave it later, that is an error that nobody catches, and the comparison ends. */
const opened = (port, hostname) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: hostname, noDelay: true }, () => resolve(socket.off('error', reject)));
    socket.on('error', reject);
    socket.on('end', () => {
      throw new Error(`${hostname}:${port} closed a connection`);
    });
  });
