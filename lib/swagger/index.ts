/**
 * Guarded routes in an OpenAPI document. Needs the optional peer `@nestjs/swagger`.
 * @module nestjs-docspace-auth/swagger
 */
export { addDocSpaceAuth, ApiDocSpaceAuth, type DocSpaceApiOptions } from './api-docspace-auth.js';
