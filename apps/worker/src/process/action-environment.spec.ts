import { parseExecutionConfig } from '../runtimes/execution-config.js';
import { actionEnvironment, inheritedVariables } from './action-environment.js';

const templateValues = {
  pack_dir: '/p',
  env_dir: '/e',
  interpreter: 'python3',
  manifest_path: '/p/req.txt',
  action_file: '/p/a.py',
};

function environment(parts: {
  inherited?: Record<string, string>;
  runtime?: Record<string, unknown>;
  execution?: Record<string, string>;
}): Record<string, string> {
  return actionEnvironment({
    inherited: parts.inherited ?? {},
    platform: { ATTUNE_EXEC_ID: '1' },
    runtime: parseExecutionConfig({ env_vars: parts.runtime ?? {} }).env_vars,
    execution: parts.execution ?? {},
    templateValues,
  });
}

describe('inheritedVariables', () => {
  it('passes on a short list, locales and what the operator names, and no secret of the service', () => {
    const own = {
      PATH: '/bin',
      HOME: '/h',
      LC_ALL: 'C',
      TZ: 'UTC',
      ATTUNE__DATABASE__URL: 'postgres://x',
      PGPASSWORD: 'p',
      HTTP_PROXY: 'x',
    };
    expect(inheritedVariables(own, ['HTTP_PROXY', 'ABSENT'])).toEqual({
      PATH: '/bin',
      HOME: '/h',
      LC_ALL: 'C',
      TZ: 'UTC',
      HTTP_PROXY: 'x',
    });
  });
});

describe('actionEnvironment', () => {
  it('fills in the templates of a runtime', () => {
    expect(
      environment({
        runtime: { A: '{pack_dir}/lib:{env_dir}', B: '{interpreter} {manifest_path} {action_file} {other}' },
      }),
    ).toMatchObject({
      A: '/p/lib:/e',
      B: 'python3 /p/req.txt /p/a.py {other}',
    });
  });

  it.each([
    ['set', 'old', 'new'],
    ['prepend', 'old', 'new:old'],
    ['append', 'old', 'old:new'],
    ['prepend', '', 'new'],
    ['append', undefined, 'new'],
  ])('can %s a variable that is %p', (operation, current, expected) => {
    const inherited: Record<string, string> = current === undefined ? {} : { PYTHONPATH: current };
    expect(environment({ inherited, runtime: { PYTHONPATH: { value: 'new', operation } } })['PYTHONPATH']).toBe(
      expected,
    );
  });

  it('uses the separator of the variable', () => {
    const runtime = { FLAGS: { value: '-b', operation: 'append', separator: ' ' } };
    expect(environment({ inherited: { FLAGS: '-a' }, runtime })['FLAGS']).toBe('-a -b');
  });

  it('lets the execution have the last word, except over the platform', () => {
    expect(
      environment({
        inherited: { HOME: '/h' },
        runtime: { MODE: 'runtime', ATTUNE_EXEC_ID: '2' },
        execution: { MODE: 'execution', HOME: '/x', ATTUNE_EXEC_ID: '3', ATTUNE_API_TOKEN: 'forged' },
      }),
    ).toEqual({ MODE: 'execution', HOME: '/x', ATTUNE_EXEC_ID: '1' });
  });
});
