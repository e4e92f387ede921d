/** Requests to the application: how they are sent, and when they began and ended. */
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';

export class Client {
  // Gives up idle sockets before the application does.
  #agent = new Agent({ keepAlive: true, timeout: 3000 });

  constructor(url) {
    this.url = url;
  }

  /** Sends; the status is 0 where no answer came. `hangUpMs`: goes away after so long. */
  async send(method, path, { headers = {}, body, hangUpMs } = {}) {
    const json = body && JSON.stringify(body);
    const type = json && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
    const from = Date.now();
    const { status, text, location } = await new Promise((resolve) => {
      const failed = () => resolve({ status: 0, text: '' });
      const options = { method, agent: this.#agent, headers: { ...headers, ...type } };
      const sent = request(new URL(path, this.url), options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, text, location: response.headers.location }));
        response.on('error', failed);
      });
      sent.on('error', failed);
      if (hangUpMs !== undefined) setTimeout(() => sent.destroy(), hangUpMs);
      sent.end(json);
    });
    return { status, json: parsed(text), location, from, to: Date.now() };
  }

  /** Opens a socket; `closed` resolves with the code once it is open no more. */
  async open(path, headers) {
    const from = Date.now();
    const socket = new WebSocket(new URL(path, this.url.replace('http', 'ws')), { headers });
    const closed = new Promise((resolve) => socket.on('close', (code) => resolve({ code, at: Date.now() })));
    const status = await new Promise((resolve) => {
      socket.on('open', () => resolve(200));
      socket.on('error', () => resolve(0));
      socket.on('unexpected-response', (sent, response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
    });
    return { status, socket, closed, from, to: Date.now() };
  }

  /** Lets go of idle sockets. */
  rest() {
    this.#agent.destroy();
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
