import { type Message, publish } from '@attune/common';
import { choosePolicy, isJsonObject, type Json } from '@attune/engine';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { PolicyGroup } from './policy-group.js';
import { QueueStatsService } from './queue-stats.service.js';
import { activateEntries, type MovedEntry } from './sql/activate-entries.sql.js';
import { listPolicies } from './sql/list-policies.sql.js';
import { lockGroups } from './sql/lock-groups.sql.js';
import { type GroupRow, readGroups } from './sql/read-groups.sql.js';
import { freeWaiting, listWaitingKinds, removeWaiting, type WaitingKind } from './sql/rearrange-waiting.sql.js';
import { scheduleReleases } from './sql/schedule-releases.sql.js';
import { updateGroups } from './sql/update-groups.sql.js';

/** What the messages of a batch say about one group. */
interface Release {
  completed: number;
  reconsider: boolean;
}

/** How soon (ms) a group is looked at again when some of those who wait were about to leave. */
const LEAVING_MS = 1_000;

/**
 * Lets those go on who wait in groups that may have room, first come first served: each gets its slot and is announced in one
 * transaction with the group locked. Where policies were changed, those who belong elsewhere now leave the queue first and
 * are announced to be admitted anew. Finding nothing to do is normal.
 */
@Injectable()
export class ReleaseAdmissionsService {
  constructor(private readonly stats: QueueStatsService) {}

  async handle(db: EntityManager, messages: readonly Message[]): Promise<void> {
    const releases = releasesOf(messages);
    const locked = await lockGroups(db, [...releases.keys()]);
    if (locked.length === 0) return;
    const rows = await readGroups(db, locked);
    const rearranged = await this.rearrange(
      db,
      rows.filter(({ id, isCurrent, waiting }) => waiting > 0 && (!isCurrent || releases.get(id)?.reconsider)),
    );
    const gone = Map.groupBy(rearranged, ({ state }) => state);
    const groups = rows.map((row) => new PolicyGroup(row, gone.get(row.id)?.length ?? 0));
    const activated = await this.activate(db, groups, releases);
    await publish(
      db,
      [...rearranged, ...activated].map(({ execution }) => {
        return { topic: 'execution.requested', payload: { execution_id: execution } };
      }),
    );
    this.stats.touch(
      rows.flatMap(({ policy }) => policy ?? []),
      rearranged.map(({ actionRef }) => actionRef),
    );
  }

  /**
   * Deals with those whom the policy of their group does not limit any more. Where another policy does, or another group of the same one,
   * they leave the queue; where none does they go on, and keep the slot they get so that it is known since when.
   */
  private async rearrange(db: EntityManager, rows: readonly GroupRow[]): Promise<MovedEntry[]> {
    if (rows.length === 0) return [];
    const byId = new Map(rows.map((row) => [row.id, row]));
    const kinds = await listWaitingKinds(db, [...byId.keys()]);
    const policies = await listPolicies(db, [...new Set(kinds.map(({ actionRef }) => actionRef))]);
    const [elsewhere, free]: [WaitingKind[], WaitingKind[]] = [[], []];
    for (const kind of kinds) {
      const row = byId.get(kind.state);
      const policy = choosePolicy(policies, kind.actionRef);
      if (policy === null) free.push(kind);
      else if (policy.id !== row?.policy || !row.isCurrent) elsewhere.push(kind);
    }
    const moved = elsewhere.length === 0 ? [] : await removeWaiting(db, elsewhere);
    return free.length === 0 ? moved : [...moved, ...(await freeWaiting(db, free))];
  }

  private async activate(
    db: EntityManager,
    groups: readonly PolicyGroup[],
    releases: ReadonlyMap<number, Release>,
  ): Promise<MovedEntry[]> {
    const decided = groups.map((group) => ({ group, decision: group.activate() }));
    const grants = decided
      .filter(({ group, decision }) => group.row.isCurrent && decision.count > 0)
      .map(({ group, decision }) => ({ state: group.row.id, room: decision.count }));
    const activated = grants.length === 0 ? [] : await activateEntries(db, grants);
    const counts = Map.groupBy(activated, ({ state }) => state);
    const changes = decided.map(({ group, decision }) => {
      const { id, nowMs, wakeAtMs: arranged, isCurrent } = group.row;
      const count = counts.get(id)?.length ?? 0;
      const isShort = isCurrent ? count < decision.count : group.waiting > 0;
      const release = group.scheduleAt(
        isShort ? nowMs + LEAVING_MS : isCurrent ? decision.wakeAtMs : null,
        releases.get(id)?.reconsider,
      );
      const usage = count < decision.count ? group.activated(count) : decision.usage;
      const completed = releases.get(id)?.completed ?? 0;
      return { release, change: group.change(usage, { completed, wakeAtMs: release?.at_ms ?? arranged }) };
    });
    await updateGroups(
      db,
      changes.map(({ change }) => change),
    );
    await scheduleReleases(
      db,
      changes.flatMap(({ release }) => release ?? []),
    );
    return activated;
  }
}

/** What the messages say, by group. @throws Error for a message without one: it ends among the dead letters */
function releasesOf(messages: readonly Message[]): ReadonlyMap<number, Release> {
  const releases = new Map<number, Release>();
  for (const { id, payload } of messages) {
    const { state_id: state, completed, reconsider } = isJsonObject(payload as Json) ? (payload as ReleasePayload) : {};
    if (typeof state !== 'number') throw new Error(`message ${id} carries no state_id`);
    const release = releases.get(state) ?? { completed: 0, reconsider: false };
    if (typeof completed === 'number') release.completed += completed;
    if (reconsider === true) release.reconsider = true;
    releases.set(state, release);
  }
  return releases;
}

/** Unchecked: anything may stand in an outbox row. */
interface ReleasePayload {
  readonly state_id?: unknown;
  readonly completed?: unknown;
  readonly reconsider?: unknown;
}
