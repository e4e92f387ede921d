import base from '../../jest.config.js';

/** Broken code need not be of the right type, so it is not looked at; swc takes the types away far quicker than ts-jest. */
const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'commonjs' },
  swcrc: false,
};

/** The specs that are about the broken file; of them each mutant runs those that reach it. */
export default {
  ...base,
  rootDir: '../..',
  testRegex: `/test/(${process.env.MUTATION_SPECS.replaceAll(',', '|')})(/.*)?\\.spec\\.ts$`,
  randomize: false,
  setupFiles: ['<rootDir>/test/mutation/setup.js'],
  transform: { ...base.transform, '^.+\\.ts$': ['@swc/jest', swc] },
};
