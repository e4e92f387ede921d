import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What answers a request once its body is complete. */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const nothing = Buffer.alloc(0);
// Kestrel's limit for headers is twice that of Node.
const maxHeaderSize = 32 * 1024;
const most = 31 * 1024 * 1024;

/** The port of an emulator: it can close and open again on the same number, and leaves nothing behind. */
export class Listener {
  readonly #server: Server;
  #port: number;
  #stopped = false;

  constructor(
    handler: Handler,
    private readonly host: string,
    port: number,
  ) {
    this.#port = port;
    this.#server = createServer({ maxHeaderSize, keepAliveTimeout: 130_000 }, (request, response) => {
      receive(request, (body) => handler(request, response, body));
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Starts to listen, or does nothing when it does already. */
  async open(): Promise<void> {
    if (this.#server.listening || this.#stopped) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, this.host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on, and drops those that are open. */
  close(): void {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Closes for good; resolves when every socket is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

// Reading is skipped where nothing was sent: it is most of what a check costs.
function receive(request: IncomingMessage, done: (body: Buffer) => void): void {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    done(nothing);
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    // One chunk beyond the portal's own limit is kept, so that the limit is seen; the rest is let go.
    if (size <= most) chunks.push(chunk);
  });
  request.on('end', () => done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
}
