import { json, run, sql } from '@attune/common';
import { type Json } from '@attune/engine';
import { type ExecutorFixture } from '../fixture/executor-fixture.js';

export interface PolicyOptions {
  readonly action?: string | null;
  readonly pack?: string;
  readonly threshold?: number;
  readonly method?: 'enqueue' | 'cancel';
  readonly parameters?: readonly string[];
  readonly queueTimeout?: number;
  readonly rate?: Json;
  readonly quota?: Json;
  readonly enabled?: boolean;
}

export interface EntryRow {
  readonly execution: number;
  readonly status: 'active' | 'queued';
  readonly groupKey: string;
  readonly policyRef: string | null;
}

/** Short ways to put policies into a database and to look at their slots. */
export class AdmissionFixture {
  constructor(private readonly given: ExecutorFixture) {}

  /** Limits `demo.act` to one at once unless it is told otherwise. */
  async policy(ref: string, options: PolicyOptions = {}): Promise<number> {
    const action = options.action === undefined && options.pack === undefined ? 'demo.act' : (options.action ?? null);
    const [row] = await this.given.run<{ id: number }>(sql`
      insert into policy (ref, name, action_ref, scope_pack_ref, method, threshold, parameters, queue_timeout_seconds, rate,
        quota, enabled)
      values (${ref}, ${ref}, ${action}, ${options.pack ?? null}, ${options.method ?? 'enqueue'},
        ${options.threshold ?? 1}, ${options.parameters ?? []}::text[], ${options.queueTimeout ?? null},
        ${json(options.rate ?? null)}::jsonb, ${json(options.quota ?? null)}::jsonb, ${options.enabled ?? true})
      returning id`);
    return row!.id;
  }

  /** So many executions, in the order in which they ask for a slot. */
  async executions(count: number, action = 'demo.act', config: Json = null): Promise<number[]> {
    const ids: number[] = [];
    for (let index = 0; index < count; index += 1) ids.push(await this.given.execution(action, config));
    return ids;
  }

  /** In the order of the queues, each group for itself. */
  entries(): Promise<EntryRow[]> {
    return this.given.run<EntryRow>(sql`
      select a.execution, a.status, s.group_key as "groupKey", p.ref as "policyRef"
      from execution_admission_entry as a
      join execution_admission_state as s on s.id = a.state
      left join policy as p on p.id = s.policy
      order by s.id, a.queue_order`);
  }

  /** Oldest first. */
  async active(): Promise<number[]> {
    const entries = await this.entries();
    return entries.flatMap(({ status, execution }) => (status === 'active' ? [execution] : [])).sort((a, b) => a - b);
  }

  async queued(): Promise<number[]> {
    return (await this.entries()).filter(({ status }) => status === 'queued').map(({ execution }) => execution);
  }

  /** Ends executions the way the engine's statements do. */
  async end(status: 'completed' | 'failed' | 'timeout' | 'cancelled' | 'abandoned', ...ids: number[]): Promise<void> {
    await run(
      this.given.dataSource,
      sql`update execution set status = ${status}::execution_status where id = any(${ids}::bigint[])`,
    );
  }

  /** The ids of the executions that are announced, in that order. */
  async announced(): Promise<number[]> {
    const messages = await this.given.messages();
    return messages
      .filter(({ topic }) => topic === 'execution.requested')
      .map(({ payload }) => Number(payload['execution_id']));
  }

  async statusOf(id: number): Promise<string | undefined> {
    return (await this.given.executions()).find((row) => row.id === id)?.status;
  }
}
