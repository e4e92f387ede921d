/** Where the documentation and the server differ, as data. */
export interface Dialect {
  readonly loginStatus: 200 | 201;
  readonly emptyCredentials: 400 | 401;
  readonly unknownUser: 404 | 401;
  readonly refusedCode: 403 | 401;
  readonly lockedOut: 429 | 403;
  readonly codeFrom: 'path' | 'body';
  readonly zonedExpiry: boolean;
  readonly starredPhone: boolean;
  readonly setPhoneBySession: boolean;
  readonly agentFlag: boolean;
}

/** How DocSpace 3.7.2 answers, and how its documentation says it does. */
export const dialects: Readonly<Record<'real' | 'documented', Dialect>> = {
  real: {
    loginStatus: 200,
    emptyCredentials: 401,
    unknownUser: 401,
    refusedCode: 401,
    lockedOut: 403,
    codeFrom: 'body',
    zonedExpiry: false,
    starredPhone: false,
    setPhoneBySession: false,
    agentFlag: true,
  },
  documented: {
    loginStatus: 201,
    emptyCredentials: 400,
    unknownUser: 404,
    refusedCode: 403,
    lockedOut: 429,
    codeFrom: 'path',
    zonedExpiry: true,
    starredPhone: true,
    setPhoneBySession: true,
    agentFlag: false,
  },
};
