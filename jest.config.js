/** Types are checked by `npm run types`, once for all specs. */
const swc = (jsc) => ['@swc/jest', { jsc: { target: 'es2022', ...jsc }, module: { type: 'commonjs' }, swcrc: false }];
const typescript = {
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
};

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
  maxWorkers: 2,
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', ...own },
  transform: { '^.+\\.ts$': swc(typescript), '^.+\\.js$': swc({}) },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|jose)/)'],
  collectCoverageFrom: ['lib/**/*.ts'],
};
