import { LOGGER, type Logger } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  listEntryHeads,
  listLiveAmong,
  releaseStuckGroups,
  removeEmptyGroups,
  removeEntries,
} from './sql/repair-admissions.sql.js';

/** What one sweep found. */
export interface AdmissionRepair {
  /** Entries of executions that have ended or are gone. */
  readonly removedEntries: number;
  /** Groups in which executions waited although they could go on. */
  readonly releasedGroups: number;
}

/** A group that nobody looked after for longer (s) than this, although it should have been, counts as forgotten. */
const FORGOTTEN_AFTER_SECONDS = 30;

/** Entries that one sweep looks at; the next one goes on after them. */
const BATCH = 1_000;
const MAX_BATCHES = 10;

/**
 * Frees slots and wakes groups that were forgotten. Slots are freed by triggers, so in a healthy system there is nothing: this repairs
 * what a restored backup, an operator or a dropped partition did. Any number of processes may sweep at once.
 */
@Injectable()
export class RepairAdmissionsService {
  private lastEntry = 0;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async repair(): Promise<AdmissionRepair> {
    const removedEntries = await this.removeStale();
    const releasedGroups = await this.dataSource.transaction(async (db) => {
      await removeEmptyGroups(db);
      return releaseStuckGroups(db, FORGOTTEN_AFTER_SECONDS);
    });
    const repair = { removedEntries, releasedGroups };
    if (removedEntries + releasedGroups > 0) this.logger.warn(repair, 'slots of policies were forgotten and are freed');
    return repair;
  }

  private async removeStale(): Promise<number> {
    let removed = 0;
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const { seen, stale } = await this.dataSource.transaction((db) => this.removeNextStale(db));
      removed += stale;
      if (seen < BATCH) {
        this.lastEntry = 0;
        break;
      }
    }
    return removed;
  }

  private async removeNextStale(db: EntityManager): Promise<{ seen: number; stale: number }> {
    const entries = await listEntryHeads(db, this.lastEntry, BATCH);
    this.lastEntry = entries.at(-1)?.id ?? 0;
    if (entries.length === 0) return { seen: 0, stale: 0 };
    const executions = entries.map(({ execution }) => execution);
    const live = new Set(await listLiveAmong(db, executions));
    const stale = entries.filter(({ execution }) => !live.has(execution)).map(({ id }) => id);
    return { seen: entries.length, stale: stale.length === 0 ? 0 : await removeEntries(db, stale) };
  }
}
