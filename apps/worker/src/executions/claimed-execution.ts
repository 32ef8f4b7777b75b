import { type BegunExecution } from '@attune/common';
import { type ClaimedAction } from './sql/list-claimed-actions.sql.js';
import { type StoredSecret } from './sql/secret-values.sql.js';

/** An execution this worker has begun, with what is needed to run it; secrets are still encrypted. */
export interface ClaimedExecution {
  readonly execution: BegunExecution;
  /** Null: the action was deleted meanwhile. */
  readonly action: ClaimedAction | null;
  readonly secrets: readonly StoredSecret[];
}
