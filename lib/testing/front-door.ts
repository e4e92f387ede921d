import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { Exchange } from './exchange.js';
import { answerInstead, sendDamaged, sendHuge } from './fault-player.js';
import type { DocSpaceEmulatorFault, DocSpaceEmulatorFaults } from './faults.js';
import type { Installation } from './installation.js';
import { headerRecord, type Journal } from './journal.js';
import { respond } from './pipeline.js';

/** What stands between the port and the portals: faults, the journal and the log. */
export interface FrontDoor {
  readonly installation: Installation;
  readonly faults: DocSpaceEmulatorFaults;
  readonly journal: Journal | undefined;
  readonly log: ((line: string) => void) | undefined;
}

/** Answers one request, or plays the fault that was planned for it. */
export function receive(door: FrontDoor, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { method = 'GET', url = '/' } = request;
  const fault = door.faults.take(method, url);
  if (!fault) serve(door, request, response, body);
  else if (fault.kind === 'latency') serveLate(door, request, response, body, fault.delayMs ?? 1000);
  else playFault(door, request, response, body, fault);
}

function serve(door: FrontDoor, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const answer = ask(door, request, response, body);
  response.writeHead(answer.status, answer.headers as string[]);
  response.end(answer.body);
  record(door, request, body, answer);
}

function serveLate(
  door: FrontDoor,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  delayMs: number,
): void {
  const timer = setTimeout(() => serve(door, request, response, body), delayMs);
  response.on('close', () => clearTimeout(timer));
}

function playFault(
  door: FrontDoor,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  fault: DocSpaceEmulatorFault,
): void {
  const instead = answerInstead(fault);
  if (instead) {
    response.writeHead(instead.status, [...instead.headers]);
    response.end(instead.body);
    record(door, request, body, instead);
    return;
  }
  const none: Answer = { status: 0, headers: [], body: '' };
  if (fault.kind === 'huge') sendHuge(response, fault);
  if (fault.kind === 'reset') request.socket.resetAndDestroy();
  if (fault.kind === 'huge' || fault.kind === 'reset' || fault.kind === 'silent') {
    record(door, request, body, none);
    return;
  }
  const answer = ask(door, request, response, body);
  record(door, request, body, answer);
  sendDamaged(response, answer, fault);
}

function ask({ installation }: FrontDoor, request: IncomingMessage, response: ServerResponse, body: Buffer): Answer {
  const { method = 'GET', url = '/', headers, socket } = request;
  const exchange = new Exchange(installation, method, url, headers, body, socket.remoteAddress ?? '');
  const answer = respond(exchange);
  if (exchange.whenSent) response.once('close', exchange.whenSent);
  return answer;
}

function record(door: FrontDoor, request: IncomingMessage, body: Buffer, answer: Answer): void {
  const { journal, log, installation } = door;
  const { method = 'GET', url = '/' } = request;
  journal?.add({
    at: installation.clock(),
    request: { method, path: url, headers: joined(request), body: body.toString('utf8') },
    response: { status: answer.status, headers: headerRecord(answer.headers), body: answer.body },
  });
  // Codes stand in paths and secrets in queries: the line shows neither.
  log?.(`${method} ${readable(url)} → ${answer.status === 0 ? 'no answer' : answer.status}`);
}

const readable = (url: string): string =>
  (url.split('?', 1)[0] ?? '').replace(/(\/authentication\/)\d+\/?$/, '$1{code}');

function joined({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
