import tseslint from 'typescript-eslint';

// Type-aware rules: a promise nobody waits for is a lost error, so it is an error here.
export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.data/', '**/*.mjs', 'eslint.config.js'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'No default exports.' }],
      eqeqeq: ['error', 'smart'],
    },
  },
  // type-graphql needs the classes at run time for decorator metadata, and vitest wants a default export.
  { files: ['src/resolvers/**', 'src/entities/**'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
  { files: ['vitest.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
