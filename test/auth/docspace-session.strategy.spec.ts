import { DocSpaceCredentials, DocSpaceSession, DocSpaceSessionStrategy } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, type StartedModule } from '../support/start-app.js';

/** What Passport hands to the application's guard as `info`, through the strategy called by hand. */
describe('The session strategy', () => {
  let portal: DocSpaceEmulator;
  let app: StartedModule;
  beforeEach(async () => {
    portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com' }] });
    app = await anApp().at(portal.url).compile();
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await portal.stop();
  });

  type Judged = ReturnType<DocSpaceSessionStrategy['validate']>;
  const judge = (headers: Record<string, string>, method = 'GET'): Judged =>
    app.get(DocSpaceSessionStrategy).validate({ headers, method });
  const bearer = (): { authorization: string } => ({
    authorization: `Bearer ${portal.issueToken('user@example.com')}`,
  });

  it('gives the session that the portal confirms', async () => {
    const headers = bearer();
    const session = await judge(headers);
    expect(session).toBeInstanceOf(DocSpaceSession);
    expect(session).toMatchObject({ portal: 'default', stale: false });
    const credentials = session instanceof DocSpaceSession ? session.credentials : DocSpaceCredentials.token('none');
    expect(headers.authorization).toBe(`Bearer ${credentials.reveal()}`);
  });

  it.each<[who: string, headers: Record<string, string>]>([
    ['without credentials', {}],
    ['whom the portal does not know', { authorization: 'Bearer Z2FyYmFnZQ==' }],
  ])('says invalid-credentials of a caller %s', async (_who, headers) => {
    await expect(judge(headers)).resolves.toEqual([false, { code: 'invalid-credentials' }]);
  });

  it('says why the portal refuses a caller whom it knows', async () => {
    const body = 'The access to the portal is restricted';
    portal.faults.add({ kind: 'status', status: 403, body, headers: { 'content-type': 'text/plain' } });
    await expect(judge(bearer())).resolves.toEqual([false, { code: 'ip-restricted' }]);
  });

  it('fails while nobody knows who the caller is', async () => {
    portal.faults.add({ kind: 'refuse' });
    await expect(judge(bearer())).rejects.toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
  });

  it('fails for a cookie that another site may have sent, without a question', async () => {
    const cookie = `asc_auth_key=${portal.issueToken('user@example.com')}`;
    await expect(judge({ cookie, origin: 'https://evil.example' }, 'POST')).rejects.toMatchObject({
      reason: 'cross-site',
      message: 'sent from another site',
    });
    expect(portal.journal).toEqual([]);
  });
});
