import { runtimeOf } from './action.format.js';

describe('runtimeOf', () => {
  it.each([
    ['shell', 'core.shell'],
    ['bash', 'core.shell'],
    ['sh', 'core.shell'],
    ['python', 'core.python'],
    ['python3', 'core.python'],
    ['node', 'core.nodejs'],
    ['nodejs', 'core.nodejs'],
    ['node.js', 'core.nodejs'],
    ['Node.js', 'core.nodejs'],
    ['native', 'core.native'],
    ['builtin', 'core.native'],
    ['standalone', 'core.native'],
    ['core.python', 'core.python'],
    ['perl', 'perl'],
    ['Rscript', 'Rscript'],
  ])('reads runner_type %s as %s', (word, runtime) => {
    expect(runtimeOf(word)).toBe(runtime);
  });
});
