import { type Json } from '../json.js';
import { ARRAY_FUNCTIONS } from './array-functions.js';
import { CONVERSION_FUNCTIONS } from './conversion-functions.js';
import { ExpressionError } from './expression-error.js';
import { type FunctionTable, type PureFunction } from './function-table.js';
import { NUMBER_FUNCTIONS } from './number-functions.js';
import { type TaskOutcome } from './scope.js';
import { TEXT_FUNCTIONS } from './text-functions.js';

const FUNCTIONS: ReadonlyMap<string, PureFunction> = new Map(
  [CONVERSION_FUNCTIONS, NUMBER_FUNCTIONS, TEXT_FUNCTIONS, ARRAY_FUNCTIONS].flatMap((table: FunctionTable) =>
    Object.entries(table),
  ),
);

const OUTCOME_FUNCTIONS: ReadonlyMap<string, (outcome: TaskOutcome) => Json> = new Map([
  ['result', (outcome: TaskOutcome): Json => outcome.result],
  ['succeeded', (outcome: TaskOutcome): Json => outcome.succeeded],
  ['failed', (outcome: TaskOutcome): Json => outcome.failed],
  ['timed_out', (outcome: TaskOutcome): Json => outcome.timedOut],
]);

/** Every function of the language, for editors and checks on save. */
export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys(), ...OUTCOME_FUNCTIONS.keys()].sort();

/** @throws ExpressionError for an unknown name, a wrong number or a wrong type of arguments */
export function callFunction(name: string, args: readonly Json[], outcome: TaskOutcome | undefined): Json {
  const ofOutcome = OUTCOME_FUNCTIONS.get(name);
  if (ofOutcome !== undefined) {
    checkCount(name, args.length, 0, 0);
    if (outcome === undefined) throw new ExpressionError(`${name}() can only be used in the transitions of a task`);
    return ofOutcome(outcome);
  }
  const known = FUNCTIONS.get(name);
  if (known === undefined) throw new ExpressionError(`unknown function '${name}'`);
  checkCount(name, args.length, known.min, known.max ?? known.min);
  return known.call(...args);
}

function checkCount(name: string, given: number, min: number, max: number): void {
  if (given >= min && given <= max) return;
  const wanted = min === max ? String(min) : `${min} or ${max}`;
  throw new ExpressionError(`${name}() takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${given}`);
}
