import { run, sql } from '@attune/common';
import { type Json } from '@attune/engine';
import { type EntityManager } from 'typeorm';
import { IS_LIMITED } from './is-limited.sql.js';

/** What placement has to know about an action. */
export interface RunnableAction {
  readonly ref: string;
  /** False as well when its pack is disabled. */
  readonly isEnabled: boolean;
  readonly isWorkflow: boolean;
  /** Some enabled policy limits it. */
  readonly isLimited: boolean;
  /** Null: needs none in particular. */
  readonly runtimeRef: string | null;
  readonly runtimeVersionConstraint: string | null;
  readonly requiredWorkerRuntimes: Readonly<Record<string, string>>;
  readonly workerSelector: Json;
  readonly workerTolerations: Json;
  readonly workerAffinity: Json;
  readonly paramSchema: Json;
}

/** The actions that exist among the refs. By ref, because an id dangles when a pack was removed and installed again. */
export function listRunnableActions(db: EntityManager, refs: readonly string[]): Promise<RunnableAction[]> {
  return run<RunnableAction>(
    db,
    sql`
    select
      a.ref, (a.enabled and p.enabled) as "isEnabled", a.workflow_def is not null as "isWorkflow",
      ${IS_LIMITED} as "isLimited",
      a.runtime_ref as "runtimeRef", a.runtime_version_constraint as "runtimeVersionConstraint",
      a.required_worker_runtimes as "requiredWorkerRuntimes", a.worker_selector as "workerSelector",
      a.worker_tolerations as "workerTolerations", a.worker_affinity as "workerAffinity",
      a.param_schema as "paramSchema"
    from action as a
    join pack as p on p.id = a.pack
    where a.ref = any(${refs}::text[])`.prepared(),
  );
}
