import { Controller, Get } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { AllowAnonymous, OptionalAuth, RequireAuth } from 'nestjs-docspace-auth';
import { addDocSpaceAuth, ApiDocSpaceAuth } from 'nestjs-docspace-auth/swagger';

@ApiDocSpaceAuth()
@Controller('mixed')
class Mixed {
  @Get('guarded')
  guarded(): string {
    return '';
  }

  @AllowAnonymous()
  @Get('open')
  open(): string {
    return '';
  }

  @OptionalAuth()
  @Get('either')
  either(): string {
    return '';
  }
}

@ApiDocSpaceAuth()
@AllowAnonymous()
@Controller('lobby')
class Lobby {
  @Get('open')
  open(): string {
    return '';
  }

  @RequireAuth()
  @Get('guarded')
  guarded(): string {
    return '';
  }
}

@Controller('one')
class One {
  @ApiDocSpaceAuth()
  @Get('described')
  described(): string {
    return '';
  }

  @Get('plain')
  plain(): string {
    return '';
  }
}

/** The description of an application with these controllers, as /docs-json would serve it. */
async function documentOf(cookie?: string) {
  const module = await Test.createTestingModule({ controllers: [Mixed, Lobby, One] }).compile();
  const app = module.createNestApplication();
  const description = addDocSpaceAuth(new DocumentBuilder(), cookie === undefined ? {} : { cookie }).build();
  const document = SwaggerModule.createDocument(app, description);
  await app.close();
  return document;
}

async function routeAt(path: string) {
  const { paths } = await documentOf();
  const { security, responses = {} } = paths[path]?.get ?? {};
  return { security, statuses: Object.keys(responses).filter((status) => status !== '200'), responses };
}

const both = [{ 'docspace-token': [] }, { 'docspace-cookie': [] }];

describe('ApiDocSpaceAuth', () => {
  it.each(['/mixed/guarded', '/lobby/guarded', '/one/described'])(
    'describes both ways in and the answers of %s',
    async (path) => {
      const { security, statuses } = await routeAt(path);
      expect(security).toEqual(expect.arrayContaining(both));
      expect(security).toHaveLength(2);
      expect(statuses).toEqual(['401', '403', '503']);
    },
  );

  it.each(['/mixed/open', '/lobby/open', '/one/plain'])('says nothing of %s', async (path) => {
    expect(await routeAt(path)).toMatchObject({ security: undefined, statuses: [] });
  });

  it('says that a route with OptionalAuth needs neither, and never answers 401', async () => {
    const { security, statuses } = await routeAt('/mixed/either');
    expect(security).toEqual(expect.arrayContaining([...both, {}]));
    expect(security).toHaveLength(3);
    expect(statuses).toEqual(['403', '503']);
  });

  it('describes the body and the headers that clients get', async () => {
    const { responses } = await routeAt('/mixed/guarded');
    expect(responses['503']).toMatchObject({
      headers: { 'Retry-After': { schema: { type: 'string' } } },
      content: { 'application/json': { schema: { required: ['statusCode', 'code', 'message'] } } },
    });
    expect(responses['401']).toHaveProperty('headers.WWW-Authenticate');
  });
});

describe('addDocSpaceAuth', () => {
  it('names the cookie that the application has', async () => {
    const { components } = await documentOf('__Host-docspace');
    expect(components?.securitySchemes).toMatchObject({
      'docspace-token': { type: 'http', scheme: 'bearer' },
      'docspace-cookie': { type: 'apiKey', in: 'cookie', name: '__Host-docspace' },
    });
  });

  it('takes the cookie that a portal has otherwise', async () => {
    const { components } = await documentOf();
    expect(components?.securitySchemes?.['docspace-cookie']).toMatchObject({ name: 'asc_auth_key' });
  });
});
