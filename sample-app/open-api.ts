import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { addDocSpaceAuth } from 'nestjs-docspace-auth/swagger';

/** Describes the REST part at /docs, and as JSON at /docs-json. */
export function serveOpenApi(app: INestApplication): void {
  const description = new DocumentBuilder()
    .setTitle('nestjs-docspace-auth sample')
    .setDescription('Signs users in with ONLYOFFICE DocSpace. Paste the token of /auth/login into "Authorize".');
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, addDocSpaceAuth(description).build()));
}
