import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'testing',
  testEnvironmentOptions: { customExportConditions: ['@attune/source', 'node'] },
  globalSetup: '<rootDir>/jest.global-setup.mjs',
  globalTeardown: '<rootDir>/dist/global-teardown.js',
};
