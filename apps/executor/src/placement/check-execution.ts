import { misplacedSecrets, type PlacementRequirements, readPlacementRules, validateParameters } from '@attune/engine';
import { type PlacementCandidate } from './placement-candidate.js';
import { type RunnableAction } from './sql/list-runnable-actions.sql.js';

/** Whether an execution may go to a worker, and to which ones. */
export type ExecutionCheck =
  | { readonly type: 'runnable'; readonly requirements: PlacementRequirements }
  | { readonly type: 'refused'; readonly error: string };

/** Waits for a person instead of a worker. */
const ASK_ACTION = 'core.ask';

/** Checks one execution in the order action, parameters, kind. The error never repeats a value: it may be a secret. */
export function checkExecution(candidate: PlacementCandidate, action: RunnableAction | undefined): ExecutionCheck {
  const { actionRef, parameters } = candidate;
  if (action === undefined) return refused(`Action '${actionRef}' does not exist`);
  if (!action.isEnabled) return refused(`Action '${actionRef}' is disabled`);
  const validity = validateParameters('action', actionRef, action.paramSchema, parameters);
  if (validity.type !== 'valid') return refused(validity.message);
  const misplaced = misplacedSecrets(action.paramSchema, candidate.config ?? {});
  if (misplaced.length > 0) {
    const list = misplaced.map((pointer) => `must not hold a secret, because it is not marked secret, at ${pointer}`);
    return refused(`Invalid parameters for action '${actionRef}': ${list.join(', ')}`);
  }
  if (action.isWorkflow) return refused(`Action '${actionRef}' is a workflow; this version cannot run workflows yet`);
  if (actionRef === ASK_ACTION) return refused(`Action '${actionRef}' asks a person; this version cannot do that yet`);
  return { type: 'runnable', requirements: requirementsOf(candidate, action) };
}

function refused(error: string): ExecutionCheck {
  return { type: 'refused', error };
}

/** What the execution says itself wins over its action, even when it is empty. */
function requirementsOf(candidate: PlacementCandidate, action: RunnableAction): PlacementRequirements {
  return {
    runtime: action.runtimeRef,
    runtimeVersionConstraint: action.runtimeVersionConstraint,
    requiredWorkerRuntimes: action.requiredWorkerRuntimes,
    rules: readPlacementRules(
      candidate.workerSelector ?? action.workerSelector,
      candidate.workerTolerations ?? action.workerTolerations,
      candidate.workerAffinity ?? action.workerAffinity,
    ),
  };
}
