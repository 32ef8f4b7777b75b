import { type ActionEntity, type ExecutionEntity } from '@attune/common';
import { type StoredKey } from './sql/list-injected-keys.sql.js';
import { type StoredSecret } from './sql/secret-values.sql.js';

/** An execution this worker has begun, with what is needed to run it; secrets are still encrypted. */
export interface ClaimedExecution {
  readonly execution: ExecutionEntity;
  /** Null: the action was deleted meanwhile. */
  readonly action: ActionEntity | null;
  /** Keys of the system, the pack and the action, the more special ones last. */
  readonly keys: readonly StoredKey[];
  readonly secrets: readonly StoredSecret[];
}
