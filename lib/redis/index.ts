export { RedisSessionStore, type RedisSessionStoreOptions } from './session-store.js';
