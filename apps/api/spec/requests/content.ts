import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { type ExampleRequest } from '../example-requests.js';
import { archiveOf, packFiles, uploadForm } from '../pack-archives.js';
import { ruleBody } from '../scenario.js';
import { type Scene } from '../scene.js';

/** A key of the whole system. */
async function newKey({ api, fresh }: Scene) {
  const ref = fresh();
  const body = { ref, owner_type: 'system' as const, name: ref, value: 'x' };
  await api.admin.call(operations.createKey, { body });
  return { params: { ref } };
}

/** A pack that lies in the directory of packs and is not known yet; its ref, which is its path there. */
async function packDirectory({ api, fresh }: Scene): Promise<string> {
  const ref = fresh();
  const directory = join(api.platform.config.packsBaseDir, ref);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'pack.yaml'), `ref: ${ref}\nversion: 1.0.0\n`);
  return ref;
}

/** An archive of a new pack, by its address. */
async function packArchive({ sources, fresh }: Scene): Promise<string> {
  const ref = fresh();
  sources.serve(`/${ref}.tar.gz`, await archiveOf(packFiles(ref)));
  return `${sources.url}/${ref}.tar.gz`;
}

/** A pack with a test that has been run once. */
async function testedPack({ api, fresh }: Scene) {
  const ref = fresh();
  const files = packFiles(ref, '1.0.0', {
    'pack.yaml': [
      `ref: ${ref}`,
      'version: 1.0.0',
      'testing: { enabled: true, runners: { unit: { type: script, entry_point: test.sh } } }',
    ].join('\n'),
    'test.sh': 'echo "Total Tests: 1"; echo "Passed: 1"\n',
  });
  await api.admin.call(operations.uploadPack, { form: uploadForm(await archiveOf(files)) });
  // As if it had come with the product: what somebody installed is hidden from whom no grant names it to.
  await execute(api.dataSource, sql`update pack as p set installed_by = null where p.ref = ${ref}`);
  return { params: { ref } };
}

/** A pack an index knows. */
async function indexedPack({ api, sources, fresh }: Scene) {
  const ref = fresh();
  sources.serve(`/${ref}.json`, JSON.stringify({ packs: [{ ref, version: '1.0.0', install_sources: [] }] }));
  await api.admin.call(operations.createPackIndex, { body: { url: `${sources.url}/${ref}.json` } });
  return { params: { ref } };
}

const indexBody = ({ fresh }: Scene) => ({ url: `https://packs.test/${fresh()}.json`, enabled: false });

async function newIndex(scene: Scene) {
  const { id } = await scene.api.admin.call(operations.createPackIndex, { body: indexBody(scene) });
  return { params: { id } };
}

const workflowBody = ({ fresh }: Scene) => ({
  ref: `demo.${fresh()}`,
  pack_ref: 'demo',
  label: 'New',
  version: '1.0.0',
  definition: { tasks: [{ name: 'a', action: 'demo.greet' }] },
});

async function newWorkflow(scene: Scene) {
  const body = workflowBody(scene);
  await scene.api.admin.call(operations.createWorkflow, { body });
  return { params: { ref: body.ref } };
}

async function newTrigger({ api, fresh }: Scene) {
  const ref = `demo.${fresh()}`;
  await api.admin.call(operations.createTrigger, { body: { ref, pack_ref: 'demo', label: 'New' } });
  return { params: { ref } };
}

/** For a trigger of its own: each has one sensor at most. */
async function sensorBody(scene: Scene) {
  const { params } = await newTrigger(scene);
  return {
    ref: `demo.${scene.fresh()}`,
    pack_ref: 'demo',
    label: 'New',
    entrypoint: 'watch.py',
    runtime_ref: 'core.python',
    trigger_ref: params.ref,
  };
}

async function newSensor(scene: Scene) {
  const body = await sensorBody(scene);
  await scene.api.admin.call(operations.createSensor, { body });
  return { params: { ref: body.ref } };
}

/** Packs, what they hold, and keys. */
export const contentRequests: Readonly<Record<string, ExampleRequest>> = {
  createPack: ({ fresh }) => ({ body: { ref: fresh(), label: 'New', version: '1.0.0' } }),
  deletePack: async ({ api, fresh }) => {
    const ref = fresh();
    await api.admin.call(operations.createPack, { body: { ref, label: 'New', version: '1.0.0', is_standard: true } });
    return { params: { ref } };
  },

  uploadPack: async ({ fresh }) => ({ form: uploadForm(await archiveOf(packFiles(fresh()))) }),
  installPack: async (scene) => ({ body: { source: await packArchive(scene) } }),
  downloadPacks: async (scene) => ({ body: { packs: [await packArchive(scene)], destination_dir: 'fetched' } }),
  testPack: testedPack,
  getLatestPackTest: testedPack,
  registerPack: async (scene) => ({ body: { path: await packDirectory(scene), skip_tests: true } }),
  registerPacks: async (scene) => ({ body: { pack_paths: [await packDirectory(scene)], skip_tests: true } }),
  getPackDependencies: async (scene) => ({ body: { pack_paths: [await packDirectory(scene)] } }),
  buildPackEnvironments: async (scene) => ({ body: { pack_paths: [await packDirectory(scene)] } }),

  createPackIndex: (scene) => ({ body: indexBody(scene) }),
  getIndexedPack: indexedPack,
  updatePackIndex: newIndex,
  deletePackIndex: newIndex,

  createTrigger: ({ fresh }) => ({ body: { ref: `demo.${fresh()}`, pack_ref: 'demo', label: 'New' } }),
  deleteTrigger: newTrigger,
  regenerateTriggerWebhook: async ({ api }) => {
    await api.admin.call(operations.enableTriggerWebhook, { params: { ref: 'demo.called' } });
    return {};
  },

  createAction: ({ fresh }) => ({
    body: { ref: `demo.${fresh()}`, pack_ref: 'demo', label: 'New', entrypoint: 'true' },
  }),
  deleteAction: async ({ api, fresh }) => {
    const ref = `demo.${fresh()}`;
    const body = { ref, pack_ref: 'demo', label: 'New', entrypoint: 'true' };
    await api.admin.call(operations.createAction, { body });
    return { params: { ref } };
  },

  createRule: ({ fresh }) => ({ body: ruleBody('demo', fresh()) }),
  deleteRule: async ({ api, fresh }) => {
    const body = ruleBody('demo', fresh());
    await api.admin.call(operations.createRule, { body });
    return { params: { ref: body.ref } };
  },

  getKey: newKey,
  createKey: ({ fresh }) => {
    const ref = fresh();
    return { body: { ref, owner_type: 'system', name: ref, value: 'x' } };
  },
  updateKey: newKey,
  deleteKey: newKey,

  createWorkflow: (scene) => ({ body: workflowBody(scene) }),
  getWorkflow: newWorkflow,
  updateWorkflow: newWorkflow,
  deleteWorkflow: newWorkflow,
  createWorkflowFile: (scene) => ({ body: { ...workflowBody(scene), name: scene.fresh() } }),
  updateWorkflowFile: async (scene) => {
    const { params } = await newWorkflow(scene);
    return { params, body: { ...workflowBody(scene), name: params.ref.split('.')[1] } };
  },

  createSensor: async (scene) => ({ body: await sensorBody(scene) }),
  getSensor: newSensor,
  updateSensor: newSensor,
  deleteSensor: newSensor,
  enableSensor: newSensor,
  disableSensor: newSensor,

  createRuntime: ({ fresh }) => ({ body: { ref: `demo.${fresh()}`, pack_ref: 'demo', name: 'New' } }),
  deleteRuntime: async ({ api, fresh }) => {
    const ref = `demo.${fresh()}`;
    await api.admin.call(operations.createRuntime, { body: { ref, pack_ref: 'demo', name: 'New' } });
    return { params: { ref } };
  },
};
