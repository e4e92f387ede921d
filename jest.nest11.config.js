import base from './jest.config.js';

export default {
  ...base,
  moduleDirectories: ['<rootDir>/test/nest11/node_modules', 'node_modules'],
  // The memory and the emulator import nothing of Nest.
  testPathIgnorePatterns: ['<rootDir>/test/memory/', '<rootDir>/test/testing/'],
};
