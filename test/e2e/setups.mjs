/** The test setups that `nest new` gives and that can run by themselves on that Node, with those that README names beside them. */

const NEWEST = '24.9.0';
const compilerOptions = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  target: 'ES2023',
  esModuleInterop: true,
  isolatedModules: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  types: ['node', 'jest'],
};

const SWC = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  swcrc: false,
};
const swcJest = (type) => ['@swc/jest', { ...SWC, module: { type } }];

const jest = (options) => ({ testEnvironment: 'node', testRegex: '\\.spec\\.ts$', ...options });
const asEsm = { extensionsToTreatAsEsm: ['.ts'] };

const JEST = ['jest/bin/jest.js', '--runInBand'];
const VITEST = ['vitest/vitest.mjs', 'run'];
const MODULES = '--experimental-vm-modules';

/** A project with one spec: its files, the program that runs it, below node_modules, and what Node is told before. */
const project = (type, config, program, flags = []) => ({
  files: {
    'package.json': JSON.stringify({ private: true, type }),
    'tsconfig.json': JSON.stringify({ compilerOptions }),
    ...(program === JEST
      ? { 'jest.config.json': JSON.stringify(config) }
      : { 'vitest.config.ts': `export default ${JSON.stringify({ test: config })};\n` }),
  },
  program,
  flags,
});

export const setups = {
  11: [
    {
      name: 'jest with ts-jest (nest new)',
      nodes: ['20.19.0', NEWEST],
      ...project('commonjs', jest({ transform: { '^.+\\.(t|j)s$': 'ts-jest' } }), JEST),
    },
    {
      name: 'jest with @swc/jest',
      nodes: ['20.19.0', NEWEST],
      ...project('commonjs', jest({ transform: { '^.+\\.(t|j)s$': swcJest('commonjs') } }), JEST),
    },
  ],
  12: [
    {
      name: 'vitest (nest new, ESM)',
      nodes: ['20.19.0', '22.12.0', NEWEST],
      ...project('module', { globals: true, include: ['**/*.spec.ts'] }, VITEST),
    },
    {
      name: 'jest with ts-jest (nest new, CommonJS)',
      nodes: [NEWEST],
      ...project('commonjs', jest({ transform: { '^.+\\.(t|j)s$': 'ts-jest' } }), JEST, [MODULES]),
    },
    {
      name: 'the same with @swc/jest for @nestjs',
      nodes: ['20.19.0', '22.12.0', NEWEST],
      ...project(
        'commonjs',
        jest({
          transform: { '^.+\\.ts$': 'ts-jest', '^.+\\.js$': swcJest('commonjs') },
          transformIgnorePatterns: ['/node_modules/(?!@nestjs/)'],
        }),
        JEST,
      ),
    },
    {
      name: 'jest of ES modules with ts-jest',
      nodes: ['20.19.0', NEWEST],
      ...project('module', jest({ ...asEsm, transform: { '^.+\\.ts$': ['ts-jest', { useESM: true }] } }), JEST, [
        MODULES,
      ]),
    },
    {
      name: 'jest of ES modules with @swc/jest',
      nodes: ['20.19.0', NEWEST],
      ...project('module', jest({ ...asEsm, transform: { '^.+\\.ts$': swcJest('es6') } }), JEST, [MODULES]),
    },
  ],
};

/** Pinned nowhere else; a newer vitest needs Node 22. */
export const pinned = { 'ts-jest': '29.4.15', vitest: '4.1.2' };

/** What they run on, for each major. */
export const runners = {
  11: ['@nestjs/testing', '@swc/core', '@swc/jest', '@types/jest', 'jest', 'ts-jest'],
  12: ['@nestjs/testing', '@swc/core', '@swc/jest', '@types/jest', 'jest', 'ts-jest', 'vitest'],
};
