import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Imports run one way: index → module → guards → auth → memory → options. A folder names what it must not reach. */
const mayNotReach = (files, folders, why) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: [{ regex: `^\\.{1,2}/(.*/)?(${folders.join('|')})`, message: why, allowTypeImports: false }] },
    ],
  },
});

const optional = ['testing/', 'redis/', 'swagger/', 'terminus/', 'cli/', 'schematics/'];

export default tseslint.config(
  { ignores: ['dist/', 'dist-sample-app/', 'coverage/', 'reports/', '**/node_modules/', '.stryker-tmp/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: [] }, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  mayNotReach(
    ['lib/docspace-auth.options.ts'],
    [
      'index\\.',
      'docspace-auth\\.module',
      'guards/',
      'telemetry/',
      'memory/(?!session-store)',
      'auth/(?!credentials)',
      ...optional,
    ],
    'The options know nobody but the credentials and the store.',
  ),
  mayNotReach(
    ['lib/memory/**/*.ts'],
    ['index\\.', 'docspace-auth\\.module', 'guards/', 'telemetry/', 'auth/', ...optional],
    'The memory knows no portal.',
  ),
  mayNotReach(
    ['lib/auth/**/*.ts'],
    ['index\\.', 'docspace-auth\\.module', 'guards/', 'telemetry/', ...optional],
    'The portal side knows no request side.',
  ),
  mayNotReach(
    ['lib/guards/**/*.ts'],
    ['index\\.', 'docspace-auth\\.module', 'telemetry/', ...optional],
    'Guards know no wiring.',
  ),
  mayNotReach(
    ['lib/telemetry/**/*.ts'],
    ['index\\.', 'docspace-auth\\.module', 'guards/', ...optional],
    'Who watches knows no request side.',
  ),
  mayNotReach(['lib/docspace-auth.module*.ts'], ['index\\.', ...optional], 'The module knows no optional part.'),
  mayNotReach(
    ['lib/testing/**/*.ts'],
    ['redis/', 'swagger/', 'terminus/', 'cli/', 'docspace-auth\\.module'],
    'The emulator stands alone.',
  ),
  mayNotReach(
    ['lib/schematics/**/*.ts'],
    ['index\\.', 'docspace-auth', 'auth/', 'guards/', 'memory/', 'telemetry/', ...optional.slice(0, -1)],
    'What `nest add` runs is loaded before the application has its peers.',
  ),
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', __dirname: 'readonly', process: 'readonly' },
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        fetch: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        setImmediate: 'readonly',
        clearTimeout: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
