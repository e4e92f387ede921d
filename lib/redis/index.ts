/**
 * Sessions, endings and counts that several nodes share through Redis. Needs the optional peer `ioredis`.
 * @module nestjs-docspace-auth/redis
 */
export { RedisSessionStore, type RedisSessionStoreOptions } from './session-store.js';
