import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'postgres',
  // Jest adds `import` or `require` itself, by how a module is loaded; naming `import` here breaks CommonJS packages such as pg.
  testEnvironmentOptions: { customExportConditions: ['@attune/source', 'node'] },
};
