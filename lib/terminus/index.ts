/**
 * Whether a portal answers, for a health check. Needs the optional peer `@nestjs/terminus`.
 * @module nestjs-docspace-auth/terminus
 */
export { DocSpaceHealthIndicator, type DocSpaceHealthOptions } from './docspace-health-indicator.js';
