import base from '../../jest.config.js';

/** The specs that are about the broken folder; of them each mutant runs those that reach it. */
export default {
  ...base,
  rootDir: '../..',
  testRegex: `/test/(${process.env.MUTATION_SPECS.replaceAll(',', '|')})(/.*)?\\.spec\\.ts$`,
  randomize: false,
  // Broken code need not be of the right type.
  transform: {
    ...base.transform,
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/mutation/tsconfig.json', diagnostics: false }],
  },
};
