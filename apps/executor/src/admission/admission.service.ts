import { LOGGER, type Logger } from '@attune/common';
import {
  type Admission,
  choosePolicy,
  type Json,
  type JsonObject,
  policyGroupKey,
  prepareParameters,
  redactSecrets,
} from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { SecretStore } from '../secrets/secret-store.js';
import { cancelledByPolicyResult, queueFullResult } from './admission-results.js';
import { PolicyGroup } from './policy-group.js';
import { QueueStatsService } from './queue-stats.service.js';
import { ensureGroups, type GroupName } from './sql/ensure-groups.sql.js';
import { insertEntries, type NewEntry } from './sql/insert-entries.sql.js';
import { listEntries } from './sql/list-entries.sql.js';
import { type ActivePolicy, listPolicies } from './sql/list-policies.sql.js';
import { lockExecutions } from './sql/lock-executions.sql.js';
import { lockGroups } from './sql/lock-groups.sql.js';
import { readGroups } from './sql/read-groups.sql.js';
import { scheduleReleases } from './sql/schedule-releases.sql.js';
import { type GroupChange, updateGroups } from './sql/update-groups.sql.js';

/** An execution that has passed its checks and wants to go to a worker. */
export interface Arrival {
  readonly id: number;
  readonly actionRef: string;
  /** As they are stored: secrets redacted. */
  readonly config: JsonObject | null;
  /** With their secrets. */
  readonly parameters: JsonObject;
  readonly paramSchema: Json;
}

/** What the policies say about one execution. */
export type AdmissionOutcome =
  /** It may go on. `isNew`: it got its slot just now, and has not waited for a worker before. */
  | { readonly type: 'admitted'; readonly isNew: boolean }
  /** It has a place in the queue, which owns it from now on: nothing else is to be done. */
  | { readonly type: 'queued' }
  | { readonly type: 'ended'; readonly status: 'cancelled' | 'failed'; readonly result: JsonObject }
  /** Somebody is changing it, or its policy, at this moment: look at it again. */
  | { readonly type: 'unsettled' };

interface Grouped {
  readonly arrival: Arrival;
  readonly policy: ActivePolicy;
  readonly groupKey: string;
}

const QUEUED: AdmissionOutcome = { type: 'queued' };
const UNSETTLED: AdmissionOutcome = { type: 'unsettled' };

/**
 * Lets executions pass the policy that limits them, a whole batch with a handful of statements, in the transaction that places
 * them. Without a policy that is one read. The lock order and why nothing here waits for an execution or an entry:
 * `migrations/sql/admission-triggers.ts`.
 *
 * One that was admitted keeps its slot until it has ended, however often it comes back here.
 */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly secrets: SecretStore,
    private readonly stats: QueueStatsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * The outcomes by execution; one that is not among them is not limited. Arrivals of the same group are let in in the order given.
   * @param at when that is, ISO 8601, for the results
   */
  async admit(
    db: EntityManager,
    arrivals: readonly Arrival[],
    at: string,
  ): Promise<ReadonlyMap<number, AdmissionOutcome>> {
    const limited = await this.limitedOf(db, arrivals);
    const outcomes = new Map<number, AdmissionOutcome>();
    if (limited.length === 0) return outcomes;
    // All of them: the caller moves the others too, and must not wait for one while it holds groups.
    const locked = new Set(
      await lockExecutions(
        db,
        arrivals.map(({ id }) => id),
      ),
    );
    for (const { id } of arrivals) if (!locked.has(id)) outcomes.set(id, UNSETTLED);
    const lockedIds = limited.map(({ arrival }) => arrival.id).filter((id) => locked.has(id));
    // After the locks: nobody can give one of them a place any more.
    for (const { execution, status } of await listEntries(db, lockedIds)) {
      outcomes.set(execution, status === 'queued' ? QUEUED : { type: 'admitted', isNew: false });
    }
    const open = limited.filter(({ arrival }) => !outcomes.has(arrival.id));
    if (open.length > 0) await this.enter(db, open, outcomes, at);
    return outcomes;
  }

  private async limitedOf(db: EntityManager, arrivals: readonly Arrival[]): Promise<Grouped[]> {
    const refs = [...new Set(arrivals.map(({ actionRef }) => actionRef))];
    if (refs.length === 0) return [];
    const policies = await listPolicies(db, refs);
    if (policies.length === 0) return [];
    const chosen = new Map(refs.map((ref) => [ref, choosePolicy(policies, ref)]));
    return arrivals.flatMap((arrival) => {
      const policy = chosen.get(arrival.actionRef) ?? null;
      return policy === null ? [] : [{ arrival, policy, groupKey: this.groupKeyOf(policy, arrival) }];
    });
  }

  /** By the values the action gets, defaults and conversions included. What the schema or the stored form calls secret is one. */
  private groupKeyOf({ parameters: paths }: ActivePolicy, { config, parameters, paramSchema }: Arrival): string {
    if (paths.length === 0) return policyGroupKey(paths, { plain: {}, redacted: [] }, () => '');
    const plain = prepareParameters(paramSchema, parameters);
    const redacted = [config ?? {}, redactSecrets(paramSchema, plain).redacted];
    return policyGroupKey(paths, { plain, redacted }, (text) => this.secrets.fingerprint(text));
  }

  /** Takes slots and queue places for executions that have none. */
  private async enter(
    db: EntityManager,
    open: readonly Grouped[],
    outcomes: Map<number, AdmissionOutcome>,
    at: string,
  ): Promise<void> {
    const byName = Map.groupBy(open, ({ policy, groupKey }) => nameOf(policy.id, groupKey));
    const ids = await ensureGroups(
      db,
      [...byName.values()].flatMap(([first]) => (first ? [groupNameOf(first)] : [])),
    );
    const names = new Map(ids.map(({ id, policy, groupKey }) => [id, nameOf(policy, groupKey)]));
    const locked = await lockGroups(db, [...names.keys()]);
    const groups = (await readGroups(db, locked)).filter(({ isCurrent }) => isCurrent);
    const entries: NewEntry[] = [];
    const changes: GroupChange[] = [];
    const releases = [];
    for (const row of groups) {
      const group = new PolicyGroup(row);
      const arrived = byName.get(names.get(row.id) ?? '') ?? [];
      const { admissions, usage, wakeAtMs } = group.admit(arrived.length);
      const placed = arrived.flatMap(({ arrival }, index): NewEntry[] => {
        const admission = admissions[index] ?? 'full';
        outcomes.set(arrival.id, outcomeOf(admission, arrival.actionRef, row.policyRef ?? '', at));
        const status = ENTRY_STATUS[admission];
        if (status === null) return [];
        const { id: execution, actionRef: action_ref } = arrival;
        return [{ state: row.id, execution, action_ref, status, queue_order: 0 }];
      });
      entries.push(...placed.map((entry, index) => ({ ...entry, queue_order: row.nextQueueOrder + index })));
      const release = group.scheduleAt(wakeAtMs);
      if (release) releases.push(release);
      changes.push(group.change(usage, { enqueued: placed.length, wakeAtMs: release?.at_ms ?? row.wakeAtMs }));
    }
    for (const { arrival } of open) if (!outcomes.has(arrival.id)) outcomes.set(arrival.id, UNSETTLED);
    await insertEntries(db, entries);
    await updateGroups(db, changes);
    await scheduleReleases(db, releases);
    this.stats.touch(
      open.map(({ policy }) => policy.id),
      open.map(({ arrival }) => arrival.actionRef),
    );
    this.logger.debug({ entries: entries.length, groups: groups.length }, 'policies applied');
  }
}

const ENTRY_STATUS = { admitted: 'active', queued: 'queued', cancelled: null, full: null } as const;

const nameOf = (policy: number, groupKey: string): string => `${policy} ${groupKey}`;

function groupNameOf({ policy, groupKey }: Grouped): GroupName {
  return { policy: policy.id, group_key: groupKey, parameters: policy.parameters, threshold: policy.threshold };
}

function outcomeOf(admission: Admission, actionRef: string, policyRef: string, at: string): AdmissionOutcome {
  switch (admission) {
    case 'admitted':
      return { type: 'admitted', isNew: true };
    case 'queued':
      return QUEUED;
    case 'cancelled':
      return { type: 'ended', status: 'cancelled', result: cancelledByPolicyResult(actionRef, policyRef, at) };
    case 'full':
      return { type: 'ended', status: 'failed', result: queueFullResult(actionRef, policyRef, at) };
  }
}
