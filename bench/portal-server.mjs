/** A portal that says yes to everybody, as fast as Node can: a process of its own, so that it takes no time from who asks. */
import { createServer } from 'node:http';

const envelope = (response) => ({
  response,
  count: 1,
  links: [{ href: 'http://127.0.0.1/api/2.0/authentication', action: 'GET' }],
  status: 0,
  statusCode: 200,
});
const answerOf = (response) => {
  const body = JSON.stringify(envelope(response));
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };
  return { body, headers };
};
const [yes, goodBye] = [answerOf(true), answerOf('')];

const server = createServer((request, response) => {
  request.resume();
  const { body, headers } = request.method === 'GET' ? yes : goodBye;
  response.writeHead(200, headers).end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
// A comparison that fails half-way leaves nobody behind.
process.once('disconnect', () => process.exit());
