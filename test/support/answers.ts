import type { RawAnswer } from './raw-server.js';

const BASE = 'https://portal.example.com/api/2.0/authentication';
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const PROBLEM_TYPE = { 'content-type': 'application/problem+json; charset=utf-8' };
const UNCACHED = { 'cache-control': 'no-cache,no-store', pragma: 'no-cache', expires: '-1' };

type Headers = Record<string, string | string[]>;

const printedLinks = (method: string, path: string): string =>
  `"links":[{"href":"${BASE}${path}","action":"${method}"}]`;

/** The link in an envelope, as it is read. */
export const linksOf = (method: string, path: string): object => ({ links: [{ href: BASE + path, action: method }] });

/** Shape A: the success envelope, to the letter; without a `response` where none is given. */
export function answered(response: string | undefined, method = 'POST', path = '', headers: Headers = {}): RawAnswer {
  const value = response === undefined ? '"count":0' : `"response":${response},"count":1`;
  return {
    headers: { ...JSON_TYPE, 'api-supported-versions': '2.0', ...headers },
    body: `{${value},${printedLinks(method, path)},"status":0,"statusCode":200}`,
  };
}

/** Shape B: an exception; with the nulls that are printed where it tells no type. */
export function failed(status: number, message: string, type?: string, hresult = 0): RawAnswer {
  const details = type ? `"type":"${type}","stack":"   at ..."` : '"type":null,"stack":null';
  return {
    status,
    headers: { ...JSON_TYPE, ...UNCACHED },
    body: `{"error":{"message":"${message}",${details},"hresult":${hresult}},"status":1,"statusCode":${status}}`,
  };
}

const TITLES: Record<number, [title: string, section: string]> = {
  400: ['One or more validation errors occurred.', '15.5.1'],
  401: ['Unauthorized', '15.5.2'],
  403: ['Forbidden', '15.5.4'],
  404: ['Not Found', '15.5.5'],
  415: ['Unsupported Media Type', '15.5.16'],
  429: ['Too Many Requests', '15.5.1'],
};

function problemDocument(status: number, errors = ''): string {
  const [title = 'Error', section = '15.6.1'] = TITLES[status] ?? [];
  return `{"type":"https://tools.ietf.org/html/rfc9110#section-${section}","title":"${title}","status":${status},${errors}"traceId":"00-..."}`;
}

/** Shape C: a problem document in a success envelope. A 415 says 200 inside. */
export const invalid = (errors?: string, status = 400): RawAnswer => ({
  status,
  headers: PROBLEM_TYPE,
  body: `{"response":${problemDocument(status, errors && `"errors":${errors},`)},"count":1,${printedLinks('POST', '')},${
    status === 415 ? '"status":0,"statusCode":200' : `"status":1,"statusCode":${status}`
  }}`,
});

/** Shape D: a problem document alone. */
export const problem = (status: number): RawAnswer => ({
  status,
  headers: PROBLEM_TYPE,
  body: problemDocument(status),
});

/** Shape E: nothing, or what something between us and the portal says. */
export const bare = (status: number, body = '', headers: Headers = {}): RawAnswer => ({ status, headers, body });
