export { addDocSpaceAuth, ApiDocSpaceAuth, type DocSpaceApiOptions } from './api-docspace-auth.js';
