const own = {
  '^nestjs-docspace-auth$': '<rootDir>/lib/index.ts',
  '^nestjs-docspace-auth/(testing|redis|swagger|terminus)$': '<rootDir>/lib/$1/index.ts',
};

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  modulePathIgnorePatterns: ['<rootDir>/test/nest11/', '<rootDir>/dist'],
  testRegex: '\\.spec\\.ts$',
  randomize: true,
  testTimeout: 30_000,
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', ...own },
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json' }],
    '^.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' }, swcrc: false }],
  },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|jose)/)'],
  collectCoverageFrom: ['lib/**/*.ts'],
};
