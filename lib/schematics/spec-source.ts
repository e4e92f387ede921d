import type { Project } from './project.js';

/** The end-to-end spec: the application against an emulated portal, under jest or vitest. */
export const specSource = ({ isFastify, moduleImport }: Project, moduleClass: string): string => `${
  isFastify ? '' : `import type { INestApplication } from '@nestjs/common';\n`
}${
  isFastify
    ? `import {
  FastifyAdapter,
  type NestFastifyApplication,
} from '@nestjs/platform-fastify';
`
    : ''
}import { Test } from '@nestjs/testing';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { ${moduleClass} } from '${moduleImport}';

describe('Signing in with DocSpace (e2e)', () => {
  const ann = { email: 'ann@example.com', password: 'ann-password' };
  const sam = {
    email: 'sam@example.com',
    password: 'sam-password',
    secondFactor: 'sms' as const,
    phone: '15550100',
  };
  let portal: DocSpaceEmulator;
  let app: ${isFastify ? 'NestFastifyApplication' : 'INestApplication'};
  let address: string;

  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({ users: [ann, sam] });
    process.env.DOCSPACE_URL = portal.url;
    const moduleFixture = await Test.createTestingModule({
      imports: [${moduleClass}],
    }).compile();
    app = moduleFixture.${
      isFastify
        ? `createNestApplication<NestFastifyApplication>(
      new FastifyAdapter(),
    )`
        : 'createNestApplication()'
    };
    await app.listen(0, '127.0.0.1');
    address = await app.getUrl();
  });

  afterAll(async () => {
    await app.close();
    await portal.stop();
  });

  const post = (path: string, body: object, headers = {}) =>
    fetch(\`\${address}/docspace/\${path}\`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const login = async ({ email, password }: typeof ann) => {
    const response = await post('login', { userName: email, password });
    return (await response.json()) as Record<string, string>;
  };

  it('signs in, knows who it is, and logs out', async () => {
    const { token } = await login(ann);
    const headers = { authorization: \`Bearer \${token}\` };
    const me = await fetch(\`\${address}/docspace/me\`, { headers });
    expect(await me.json()).toMatchObject({ email: ann.email });

    expect((await post('logout', {}, headers)).status).toBe(200);
    const later = await fetch(\`\${address}/docspace/me\`, { headers });
    expect(later.status).toBe(401);
  });

  it('asks for the code of an SMS', async () => {
    const { status, challenge } = await login(sam);
    expect(status).toBe('code-required');
    const code = portal.smsInbox.at(-1)?.code;
    const response = await post('code', { challenge, code });
    expect(await response.json()).toMatchObject({ status: 'authenticated' });
  });

  it('refuses a wrong password', async () => {
    const wrong = { userName: ann.email, password: 'wrong' };
    expect((await post('login', wrong)).status).toBe(401);
  });
});
`;
