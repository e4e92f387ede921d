import base from '../../jest.config.js';

/** The specs that are about the broken file; of them each mutant runs those that reach it. */
export default {
  ...base,
  rootDir: '../..',
  testRegex: `/test/(${process.env.MUTATION_SPECS.replaceAll(',', '|')})(/.*)?\\.spec\\.ts$`,
  randomize: false,
  setupFiles: ['<rootDir>/test/mutation/setup.js'],
};
