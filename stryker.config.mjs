/** How `npm run mutation` breaks the code; test/mutation/run.mjs says which. */
const report = process.env.MUTATION_REPORT;

export default {
  testRunner: 'jest',
  jest: { configFile: 'test/mutation/jest.config.js', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  concurrency: Number(process.env.MUTATION_WORKERS ?? 1),
  // Besides half of what the specs take: a busy machine must not be taken for code that hangs.
  timeoutMS: 5000,
  incremental: true,
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `${report}.json` },
  htmlReporter: { fileName: `${report}.html` },
  ignorePatterns: [
    'dist',
    'dist-sample-app',
    'docs',
    'bench',
    'coverage',
    'reports',
    'sample-app',
    'api',
    'test/nest11',
  ],
  thresholds: { high: 95, low: 90, break: null },
};
