import { randomBytes } from 'node:crypto';

class Handlers {
  handle() {}
}

/** What a guard sees of a request, without a server around it. */
export function contextOf(request) {
  const http = { getRequest: () => request, getResponse: () => ({ header() {} }) };
  return {
    getType: () => 'http',
    getHandler: () => Handlers.prototype.handle,
    getClass: () => Handlers,
    switchToHttp: () => http,
    getArgByIndex: () => request,
  };
}

/** A token of the portal's usual length that nobody has seen. */
export const freshToken = () => randomBytes(128).toString('base64');

export const byHeader = (token) => contextOf({ method: 'GET', headers: { authorization: `Bearer ${token}` } });
