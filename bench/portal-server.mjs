/** A portal that says yes to everybody, as fast as Node can: a process of its own, so that it takes no time from who asks. */
import { createServer } from 'node:http';

const body = JSON.stringify({
  response: true,
  count: 1,
  links: [{ href: 'http://127.0.0.1/api/2.0/authentication', action: 'GET' }],
  status: 0,
  statusCode: 200,
});
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, headers).end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
