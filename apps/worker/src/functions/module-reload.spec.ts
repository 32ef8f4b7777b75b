import { until } from '../process/runner-fixture.js';
import { createFunctionFixture, type FunctionFixture } from './function-fixture.js';
import { type FunctionRunner } from './function-runner.js';

let fixture: FunctionFixture;
let runner: FunctionRunner;

beforeAll(async () => {
  fixture = await createFunctionFixture();
  runner = fixture.functions();
});
afterAll(async () => {
  await fixture.stop();
  expect(await fixture.survivors()).toEqual([]);
  await fixture.remove();
});

const data = async (entryPoint: string): Promise<unknown> => (await fixture.call(runner, entryPoint)).result['data'];

describe.each([
  [
    'JavaScript',
    'say.mjs',
    `import { word } from '../lib/word.mjs';\nexport default () => word + 1;`,
    'lib/word.mjs',
    'export const word =',
  ],
  [
    'Python',
    'say.py',
    'import sys\nsys.path.append("lib")\nfrom words import word\n\ndef run(params, context):\n    return word + "1"\n',
    'lib/words.py',
    'word =',
  ],
])('%s', (_language, entryPoint, source, helper, assignment) => {
  it('is loaded again when the function, or a module it imports, has changed', async () => {
    await fixture.source(entryPoint, source);
    await fixture.file(helper, `${assignment} "a"\n`);
    expect(await data(entryPoint)).toBe('a1');
    await fixture.file(helper, `${assignment} "b"\n`);
    await until(async () => (await data(entryPoint)) === 'b1');
    await fixture.source(entryPoint, source.replace('1', '2'));
    await until(async () => (await data(entryPoint)) === 'b2');
  });
});

it('lets calls of the old module end as they began', async () => {
  await fixture.source(
    'slow.mjs',
    `import { existsSync, writeFileSync } from 'node:fs';
     export default async ({ go }) => {
       writeFileSync('slow-began', '');
       while (go && !existsSync(go)) await new Promise((r) => setTimeout(r, 5));
       return 'old';
     }`,
  );
  const slow = fixture.call(runner, 'slow.mjs', { parameters: { go: 'go' } });
  await fixture.appears('slow-began');
  await fixture.source('slow.mjs', `export default () => 'new'`);
  await until(async () => (await data('slow.mjs')) === 'new');
  await fixture.file('go', '');
  expect((await slow).result['data']).toBe('old');
  expect(await data('slow.mjs')).toBe('new');
});
