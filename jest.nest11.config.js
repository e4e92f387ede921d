import base from './jest.config.js';

export default {
  ...base,
  resolver: '<rootDir>/test/nest11/resolver.cjs',
  // The memory, the schematics and the emulator import nothing of Nest; once is enough for the fuzzers, the storms and
  // the looks of the pages.
  testPathIgnorePatterns: [
    '<rootDir>/test/memory/',
    '<rootDir>/test/schematics/',
    '<rootDir>/test/testing/',
    '<rootDir>/test/attacks/fuzzed',
    '<rootDir>/test/attacks/fault-storms',
    '<rootDir>/test/sample-app/pages-look',
  ],
};
