import base from './jest.config.js';

export default {
  ...base,
  resolver: '<rootDir>/test/nest11/resolver.cjs',
  // The memory and the emulator import nothing of Nest.
  testPathIgnorePatterns: ['<rootDir>/test/memory/', '<rootDir>/test/testing/'],
};
