/** What every project's jest.config.mjs starts from: TypeScript as ES modules through SWC, workspace packages from their sources. */
export default {
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: true, configFile: new URL('.swcrc', import.meta.url).pathname }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Jest adds `import` or `require` by how a module is loaded; naming `import` here breaks CommonJS packages such as pg.
  testEnvironmentOptions: { customExportConditions: ['@attune/source', 'node'] },
  testTimeout: 30_000,
};
