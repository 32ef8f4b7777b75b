import {
  bestVersion,
  canonicalRuntime,
  isSameRuntime,
  satisfiesVersion,
  versionConstraintProblem,
} from './runtime-version.js';

describe('satisfiesVersion', () => {
  it.each<[string, string, boolean]>([
    ['3.12.4', '3.12', true],
    ['3.13.0', '3.12', false],
    ['3.12', '3.12.1', false],
    ['3.12.4', '~3.12.1', true],
    ['3.11.9', '~3.12', false],
    ['3.99.0', '3', true],
    ['4.0.0', '3', false],
    ['3.12', '=3.12', true],
    ['3.12.1', '=3.12', false],
    ['3.12.1', '==3.12.1', true],
    ['3.11', '>=3.11,<3.13', true],
    ['3.12.9', '>=3.11, < 3.13', true],
    ['3.13', '>=3.11,<3.13', false],
    ['3.13.0rc1', '<3.13', false],
    ['3.13.0rc1', '>=3.12', true],
    ['3.12', '>3.11', true],
    ['3.11', '>3.11', false],
    ['3.11', '<=3.11', true],
    ['20.5.0', '^20', true],
    ['21.0.0', '^20', false],
    ['0.2.9', '^0.2.3', true],
    ['0.3.0', '^0.2.3', false],
    ['0.0.4', '^0.0.3', false],
    ['v20.11.1', '20', true],
    ['5.2.15(1)-release', '>=5', false],
    ['5.2.15-release', '>=5', true],
    ['1.2.3', '*', true],
    ['1.2.3', '', true],
    ['1.2.3', 'latest', false],
    ['1.2.3', '>=1,,<2', false],
    ['nonsense', '>=1', false],
  ])('%s by %s: %s', (version, constraint, expected) => {
    expect(satisfiesVersion(version, constraint)).toBe(expected);
  });
});

describe('versionConstraintProblem', () => {
  it('accepts what can be read and names what cannot', () => {
    for (const text of ['3.12', '>=3.11,<3.13', '~1', '^1.2.3', '*', ''])
      expect(versionConstraintProblem(text)).toBeNull();
    for (const text of ['latest', '>=', '>=1 || <3', '1.2.3.4.5!', '=>1'])
      expect(versionConstraintProblem(text)).toContain(text);
  });
});

describe('bestVersion', () => {
  const versions = [
    { version: '3.11', isDefault: false },
    { version: '3.12', isDefault: true },
    { version: '3.9', isDefault: false },
    { version: '3.13', isDefault: false },
  ];

  it('takes the highest that satisfies', () => {
    expect(bestVersion(versions, '<3.12')).toBe('3.11');
    expect(bestVersion(versions, '>=3')).toBe('3.13');
    expect(bestVersion(versions, '>=4')).toBeNull();
  });

  it('takes the default without a constraint, else the highest', () => {
    expect(bestVersion(versions, null)).toBe('3.12');
    expect(bestVersion(versions, '*')).toBe('3.12');
    expect(
      bestVersion(
        versions.filter(({ isDefault }) => !isDefault),
        null,
      ),
    ).toBe('3.13');
    expect(bestVersion([], null)).toBeNull();
  });
});

describe('runtime names', () => {
  it.each([
    ['Node.js', 'nodejs'],
    ['core.nodejs', 'node'],
    ['python3', 'core.python'],
    ['bash', 'shell'],
    ['builtin', 'core.native'],
    ['Rscript', 'r'],
    ['golang', 'go'],
    ['mypack.deno', 'deno'],
  ])('%s is %s', (a, b) => {
    expect(isSameRuntime(a, b)).toBe(true);
  });

  it('keeps different runtimes apart', () => {
    expect(isSameRuntime('ruby', 'r')).toBe(false);
    expect(canonicalRuntime(' Python3 ')).toBe('python');
  });
});
