import { parseExecutionConfig } from './execution-config.js';
import { type FoundRuntime, type Machine, probeRuntime } from './probe-runtime.js';
import { parseVerification } from './verification.js';

/** A machine whose programs print a fixed text. */
function machineWith(programs: Record<string, string>): Machine & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    hasProgram: (binary) => Promise.resolve(binary in programs),
    run: (binary) => {
      asked.push(binary);
      const text = programs[binary];
      return Promise.resolve(text === undefined ? null : { exitCode: 0, text });
    },
  };
}

function probe(verification: unknown, machine: Machine, interpreter = 'node'): Promise<FoundRuntime | null> {
  const execution = parseExecutionConfig({ interpreter: { binary: interpreter } });
  return probeRuntime(parseVerification({ verification }), execution, machine);
}

const NODE_20 = {
  commands: [
    { binary: 'node', args: ['--version'], pattern: 'v20\\.', priority: 2 },
    { binary: 'node20', args: ['--version'], pattern: 'v20\\.', priority: 1 },
  ],
};

describe('probeRuntime', () => {
  it('tries commands by priority and runs whichever passed', async () => {
    const machine = machineWith({ node20: 'v20.11.1', node: 'v24.0.0' });
    expect(await probe(NODE_20, machine)).toMatchObject({
      version: '20.11.1',
      execution: { interpreter: { binary: 'node20' } },
    });
    expect(machine.asked).toEqual(['node20']);
    expect(await probe(NODE_20, machineWith({ node: 'v20.3.0\n' }))).toMatchObject({
      execution: { interpreter: { binary: 'node' } },
    });
  });

  it('does not have what answers with another version or another code', async () => {
    expect(await probe(NODE_20, machineWith({ node: 'v24.0.0' }))).toBeNull();
    const wrongCode = { commands: [{ binary: 'node', exit_code: 3 }] };
    expect(await probe(wrongCode, machineWith({ node: '' }))).toBeNull();
  });

  it('leaves an interpreter alone that no command is about', async () => {
    const verification = { commands: [{ binary: 'node-check' }] };
    expect(await probe(verification, machineWith({ 'node-check': 'fine' }))).toMatchObject({
      version: null,
      execution: { interpreter: { binary: 'node' } },
    });
  });

  it('always has what needs no check', async () => {
    expect(await probe({ always_available: true }, machineWith({}))).toMatchObject({ version: null });
    expect(await probe({ check_required: false, commands: [{ binary: 'x' }] }, machineWith({}))).not.toBeNull();
  });

  it('looks for the interpreter when there is no command', async () => {
    expect(await probe({}, machineWith({}))).toBeNull();
    expect(await probe({}, machineWith({ node: '' }))).not.toBeNull();
    expect(await probe({}, machineWith({}), '')).not.toBeNull();
  });
});
