import { type AvailableRuntime, chooseCandidate, isOffered, reportedRuntimes } from './available-runtime.js';
import { NATIVE_EXECUTION } from './execution-config.js';

function runtime(
  ref: string,
  versions: readonly (string | null)[],
  overrides: Partial<AvailableRuntime> = {},
): AvailableRuntime {
  const [first = null, ...rest] = versions;
  const candidate = (version: string | null): AvailableRuntime['candidates'][0] => ({
    version,
    isDefault: version === '3.12.1',
    execution: NATIVE_EXECUTION,
  });
  return { id: 1, ref, name: ref, aliases: [], candidates: [candidate(first), ...rest.map(candidate)], ...overrides };
}

describe('chooseCandidate', () => {
  const python = runtime('core.python', ['3.11.9', '3.12.1', '3.14.0']);

  it.each([
    [null, '3.12.1'],
    ['*', '3.12.1'],
    ['>=3.11', '3.14.0'],
    ['3.11', '3.11.9'],
    ['<3.11', undefined],
  ])('answers the constraint %p with %p', (constraint, version) => {
    expect(chooseCandidate(python, constraint)?.version).toBe(version);
  });

  it('takes the highest when the default is not there', () => {
    expect(chooseCandidate(runtime('core.python', ['3.11.9', '3.14.0']), null)?.version).toBe('3.14.0');
  });

  it('has no opinion on a version nobody knows', () => {
    expect(chooseCandidate(runtime('core.native', [null]), null)).not.toBeNull();
    expect(chooseCandidate(runtime('core.native', [null]), '>=1')).toBeNull();
  });
});

describe('reportedRuntimes', () => {
  it('lists versions by the short name, and other names only when they mean something else', () => {
    const report = reportedRuntimes([
      runtime('core.python', ['3.11.9', '3.11.9', '3.12.1'], { name: 'Python', aliases: ['python', 'python3'] }),
      runtime('core.native', [null], { name: 'Native', aliases: ['builtin'] }),
      runtime('tools.typescript', ['2.1.0'], { name: 'Deno', aliases: ['ts'] }),
      runtime('tools.python', ['3.9.2'], { name: 'Python', aliases: [] }),
    ]);
    expect(report).toEqual({
      python: ['3.11.9', '3.12.1', '3.9.2'],
      native: [],
      ts: ['2.1.0'],
      deno: ['2.1.0'],
      typescript: ['2.1.0'],
    });
  });
});

describe('isOffered', () => {
  it('knows a runtime by any of its names', () => {
    const python = { ref: 'core.python', name: 'Python', aliases: ['py'] };
    expect(['python3', 'core.python', 'PY', 'Python'].map((name) => isOffered(python, [name]))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(isOffered(python, ['node', 'ruby'])).toBe(false);
    expect(isOffered(python, [])).toBe(true);
  });
});
