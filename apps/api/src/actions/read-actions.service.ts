import {
  type ActionEntity,
  type ActionFilter,
  allOf,
  type CountedPage,
  DomainError,
  findAction,
  findPack,
  listActions,
  type PageRequest,
  QueueStatsEntity,
  sql,
  type Sql,
} from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { DelegationService } from '../access/delegation.service.js';
import { found } from '../domain/found.js';
import { ACTION_COLUMNS, actionTarget } from './show-action.js';
import { searchActions } from './search-actions.js';

/** Most words of a search; the rest is ignored. */
const MAX_WORDS = 16;

/** Shows and finds actions. */
@Injectable()
export class ReadActionsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(DelegationService) private readonly delegations: DelegationService,
  ) {}

  async list(caller: Caller, filter: ActionFilter, page: PageRequest): Promise<CountedPage<ActionEntity>> {
    return listActions(this.dataSource, { ...filter, visible: this.visible(caller) }, page);
  }

  async listOfPack(caller: Caller, packRef: string, page: PageRequest): Promise<CountedPage<ActionEntity>> {
    found('pack', packRef, await findPack(this.dataSource, packRef));
    return this.list(caller, { pack_ref: packRef }, page);
  }

  /** Only what the caller may run, with the permission sets it would run with. */
  async listExecutable(caller: Caller, page: PageRequest): Promise<CountedPage<ActionEntity>> {
    const delegable = await this.delegations.listDelegable(caller);
    const visible = allOf([
      this.visible(caller),
      this.access.visibleOrNone(caller, operations.executeAction, ACTION_COLUMNS),
      sql`a.default_execution_permission_set_refs <@ ${delegable}::text[]`,
    ]);
    return listActions(this.dataSource, { visible }, page);
  }

  /** Every word must be somewhere in the ref, label, description or pack. @throws DomainError 404 for an unknown pack */
  async search(
    caller: Caller,
    { q = '', packs }: { q?: string | undefined; packs?: string | undefined },
    page: PageRequest,
  ): Promise<CountedPage<ActionEntity>> {
    const packRefs =
      packs
        ?.split(',')
        .map((ref) => ref.trim())
        .filter((ref) => ref !== '') ?? null;
    for (const ref of packRefs ?? []) found('pack', ref, await findPack(this.dataSource, ref));
    const words = q
      .split(/\s+/)
      .filter((word) => word !== '')
      .slice(0, MAX_WORDS);
    return searchActions(this.dataSource, { words, packRefs, visible: this.visible(caller) }, page);
  }

  async get(caller: Caller, ref: string): Promise<ActionEntity> {
    const action = found('action', ref, await findAction(this.dataSource, ref));
    this.access.require(caller, operations.getAction, actionTarget(action));
    return action;
  }

  /** For every caller: the numbers say nothing about parameters or results. @throws DomainError 404 also when no policy was ever at work */
  async queueStats(ref: string): Promise<QueueStatsEntity> {
    const { id } = found('action', ref, await findAction(this.dataSource, ref));
    const stats = await this.dataSource.getRepository(QueueStatsEntity).findOneBy({ action_id: id });
    if (stats === null) throw new DomainError('action.not_found', `No policy has limited action ${ref} so far`);
    return stats;
  }

  private visible(caller: Caller): Sql {
    return this.access.visible(caller, operations.listActions, ACTION_COLUMNS);
  }
}
