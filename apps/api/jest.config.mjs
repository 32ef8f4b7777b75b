import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'api',
  globalSetup: '<rootDir>/jest.global-setup.mjs',
  globalTeardown: '@attune/testing/global-teardown',
};
