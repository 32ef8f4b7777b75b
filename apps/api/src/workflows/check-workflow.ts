import { type Database, DomainError, missingActions } from '@attune/common';
import { actionsOfWorkflow, type Json, type JsonObject, parseWorkflow, workflowProblemText } from '@attune/engine';
import { requireObject } from '../domain/wire.js';

/** A graph that can be stored. */
export interface CheckedWorkflow {
  readonly definition: JsonObject;
  /** What is ignored, and actions that are not there yet; for the person who saves. */
  readonly warnings: readonly string[];
}

/**
 * Checks a graph before it is stored. An action it names may come later: without it the task fails when it is reached.
 * @throws DomainError 422 with everything that is wrong
 */
export async function requireUsableWorkflow(
  db: Database,
  given: Json,
  parameters: JsonObject | null,
): Promise<CheckedWorkflow> {
  const definition = requireObject('definition', given);
  const reading = parseWorkflow(definition, parameters === null ? {} : { parameters });
  if (reading.definition === null) {
    const list = reading.problems.map(workflowProblemText);
    throw new DomainError('workflow.invalid', `The definition cannot be used: ${list.join('; ')}`);
  }
  const actions = actionsOfWorkflow(reading.definition).map(({ action }) => action);
  const missing = await missingActions(db, actions);
  return {
    definition,
    warnings: [
      ...reading.warnings.map(workflowProblemText),
      ...missing.map((action) => `there is no action ${action} yet`),
    ],
  };
}

/** One line for an answer: what was done, and what its author should know. */
export const messageWith = (done: string, warnings: readonly string[]): string =>
  warnings.length === 0 ? done : `${done}, with warnings: ${warnings.join('; ')}`;
