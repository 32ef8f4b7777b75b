import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'common',
  globalSetup: '<rootDir>/jest.global-setup.mjs',
  globalTeardown: '@attune/testing/global-teardown',
};
