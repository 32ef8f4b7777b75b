import { type ExecutionConfig } from '../runtimes/execution-config.js';
import { type TemplateValues, renderTemplate } from './command-template.js';
import { type findProgram } from './locate-action.js';
import { StartError } from './start-error.js';

export interface InterpreterCommand {
  /** Absolute path of the program. */
  readonly command: string;
  readonly args: readonly string[];
}

/** Where programs are looked for, and by what. */
export interface ProgramSearch {
  /** As in the variable PATH. */
  readonly path: string;
  readonly find: typeof findProgram;
}

/**
 * How a runtime starts `file`: with the interpreter of the pack's environment where one was built, else with its own.
 * @throws StartError when there is no such program
 */
export async function interpreterCommand(
  { interpreter, environment }: ExecutionConfig,
  file: string,
  values: TemplateValues,
  { path, find }: ProgramSearch,
): Promise<InterpreterCommand> {
  const { binary, args } = interpreter;
  const isolated = environment?.interpreter_path;
  const program =
    (isolated ? await find(renderTemplate(isolated, values), path, values.pack_dir) : null) ??
    (await find(renderTemplate(binary, values), path, values.pack_dir));
  if (program === null) throw new StartError(`Interpreter not found: ${binary}`);
  return { command: program, args: [...args.map((argument) => renderTemplate(argument, values)), file] };
}
