/** An API key of a portal; it acts as its creator. */
export interface ApiKey {
  readonly accountId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  active: boolean;
}
