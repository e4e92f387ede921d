import base from './jest.config.js';

export default { ...base, moduleDirectories: ['<rootDir>/test/nest11/node_modules', 'node_modules'] };
