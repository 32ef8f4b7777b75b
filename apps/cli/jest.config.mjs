import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'cli',
  // Jest adds `import` or `require` by how a module is loaded; naming `import` here breaks CommonJS packages such as pg.
  testEnvironmentOptions: { customExportConditions: ['@attune/source', 'node'] },
};
