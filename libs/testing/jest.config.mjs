import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'testing',
  globalSetup: '<rootDir>/jest.global-setup.mjs',
  globalTeardown: '<rootDir>/dist/global-teardown.js',
};
