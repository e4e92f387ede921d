/** What .NET would say about the exception behind an answer. */
export interface DotnetException {
  readonly type: string;
  readonly hresult: number;
}

/** An exception that escapes a portal's action and becomes an error envelope (ResponseWrapper.cs). */
export class PortalFailure extends Error {
  /** `exception` is left out for the kinds that are printed with null type, null stack and hresult 0. */
  constructor(
    readonly status: number,
    message: string,
    readonly exception?: DotnetException,
  ) {
    super(message);
  }
}

/** The one text that is never localised (AuthenticationController.cs:354, :625). */
export const authenticationFailed = 'User authentication failed';

export const refused = (status: number, message: string): PortalFailure => new PortalFailure(status, message);

/** The 401 of everything that went wrong before a password was compared. */
export const notAuthenticated = (): PortalFailure => refused(401, authenticationFailed);

export const plain = (message: string): PortalFailure =>
  new PortalFailure(500, message, { type: 'System.Exception', hresult: -2146233088 });

export const itemNotFound = (message: string): PortalFailure =>
  new PortalFailure(404, message, { type: 'ASC.Common.Web.ItemNotFoundException', hresult: -2146233088 });

export const argument = (message: string): PortalFailure =>
  new PortalFailure(400, message, { type: 'System.ArgumentException', hresult: -2147024809 });

export const emptyArgument = (name: string): PortalFailure =>
  argument(`The value cannot be an empty string. (Parameter '${name}')`);

export const argumentOutOfRange = (name: string): PortalFailure =>
  new PortalFailure(
    400,
    `Index was out of range. Must be non-negative and less than or equal to the size of the collection. (Parameter '${name}')`,
    { type: 'System.ArgumentOutOfRangeException', hresult: -2146233086 },
  );

export const accessDenied = (): PortalFailure =>
  new PortalFailure(403, 'Access denied', { type: 'System.Security.SecurityException', hresult: -2146233078 });

export const invalidOperation = (message: string): PortalFailure =>
  new PortalFailure(403, message, { type: 'System.InvalidOperationException', hresult: -2146233079 });

export const methodAccess = (): PortalFailure =>
  new PortalFailure(500, 'Attempt to access the method failed.', {
    type: 'System.MethodAccessException',
    hresult: -2146233072,
  });

export const badFormat = (message: string, type = 'System.FormatException'): PortalFailure =>
  new PortalFailure(500, message, { type, hresult: -2146233033 });

export const cryptographic = (message: string): PortalFailure =>
  new PortalFailure(500, message, {
    type: 'System.Security.Cryptography.CryptographicException',
    hresult: -2146233296,
  });

export const httpRequest = (): PortalFailure =>
  new PortalFailure(500, 'Response status code does not indicate success: 502 (Bad Gateway).', {
    type: 'System.Net.Http.HttpRequestException',
    hresult: -2146233088,
  });
