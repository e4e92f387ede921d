import { DocSpaceEmulator, demoUsers } from '../../lib/testing/index.js';

describe('a started emulator', () => {
  it('logs a user in and knows his token', async () => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    const login = await fetch(`${portal.url}/api/2.0/authentication`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userName: 'user@example.com', password: 'user-password' }),
    });
    expect(login.status).toBe(200);
    const text = await login.text();
    const token = /"token":"([^"]+)"/.exec(text)?.[1] ?? '';
    expect(token).toHaveLength(172);
    const check = await fetch(`${portal.url}/api/2.0/authentication`, { headers: { authorization: token } });
    expect(await check.text()).toBe(
      `{"response":true,"count":1,"links":[{"href":"${portal.url}/api/2.0/authentication","action":"GET"}],"status":0,"statusCode":200}`,
    );
    const self = await fetch(`${portal.url}/api/2.0/people/@self`, { headers: { authorization: token } });
    expect(self.status).toBe(200);
    expect(portal.journal).toHaveLength(3);
  });
});
