import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { noStrategyFlags, noStrategyIds } from './scripts/lint/no-strategy-ids.mjs';

const strategies = { rules: { 'no-ids': noStrategyIds, 'no-flags': noStrategyFlags } };

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', '.cache/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Contracts are asynchronous although some implementations answer at once.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Same seed, same bytes: randomness and time come in from outside.
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    ignores: ['src/core/clock.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take a RandomStream (src/core/random.ts).' },
        { object: 'Date', property: 'now', message: 'Take a Clock (src/core/clock.ts).' },
        { object: 'performance', property: 'now', message: 'Take a Clock (src/core/clock.ts).' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take a Clock (src/core/clock.ts).',
        },
      ],
    },
  },
  {
    files: ['contracts', 'study', 'episode', 'strategies/parts'].map((room) => `src/${room}/**/*.ts`),
    ignores: ['**/*.test.ts'],
    plugins: { strategies },
    rules: { 'strategies/no-ids': 'error' },
  },
  {
    files: ['src/contracts/**/*.ts'],
    plugins: { strategies },
    // To become an error when the last of them is gone.
    rules: { 'strategies/no-flags': 'error' },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    languageOptions: {
      globals: {
        performance: 'readonly',
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        require: 'readonly',
        module: 'readonly',
      },
    },
  },
);
