import { type CountedPage, DomainError, type PageRequest } from '@attune/common';
import { type AnyOperation } from '@attune/contract';
import { Injectable } from '@nestjs/common';
import { type Caller } from './caller.js';
import { allows, grantsFor, isOwnExecutionsOnly, isUnconstrained, type Permission, type Target } from './grants.js';

/** Things whose permission is checked before anything is looked up: they have no target a constraint could name. */
const CHECKED_FIRST: ReadonlySet<string> = new Set([
  'identities',
  'permissions',
  'runtimes',
  'workers',
  'retention',
  'audit_log',
]);

/** Most rows that are read to find those a caller with constrained grants may see. */
const FILTER_LIMIT = 10_000;

/** Decides what a caller may do. Every operation with a permission must come through here, or its answer is not sent. */
@Injectable()
export class AccessService {
  /** For operations whose permission does not depend on what they touch; does nothing for the others. */
  requireUntargeted(caller: Caller, operation: AnyOperation): void {
    const [resource = ''] = operation.permission?.split(':') ?? [];
    if (CHECKED_FIRST.has(resource)) this.require(caller, operation, {});
  }

  /** @throws DomainError permission.forbidden */
  require(caller: Caller, operation: AnyOperation, target: Target): void {
    if (!this.may(caller, operation, target)) throw refusal(operation);
  }

  may(caller: Caller, operation: AnyOperation, target: Target): boolean {
    caller.isChecked = true;
    return permissionsOf(operation).some((permission) => allows(caller.facts.grants, permission, target, caller.facts));
  }

  /**
   * One page of the rows the caller may see. Rows are filtered only for callers whose grants have constraints.
   * @throws DomainError permission.forbidden when there can be none
   */
  async listVisible<Row>(
    { caller, operation }: { caller: Caller; operation: AnyOperation },
    page: PageRequest,
    read: (page: PageRequest) => Promise<CountedPage<Row>>,
    targetOf: (row: Row) => Target,
  ): Promise<CountedPage<Row>> {
    const grants = this.grantsAbout(caller, operation);
    if (grants.length === 0) throw refusal(operation);
    if (grants.some(isUnconstrained)) return read(page);
    const { rows } = await read({ limit: FILTER_LIMIT, offset: 0 });
    return pageThrough(
      rows.filter((row) => this.may(caller, operation, targetOf(row))),
      page,
    );
  }

  /**
   * For lists of a time series, which are too long to be filtered row by row: a grant must hold for all of it.
   * @throws DomainError permission.forbidden
   */
  requireSeries(caller: Caller, operation: AnyOperation): void {
    const grants = this.grantsAbout(caller, operation);
    if (!grants.some(isUnconstrained)) throw refusal(operation, grants.length > 0 ? ' without constraints' : '');
  }

  /**
   * For lists of executions: null when the caller may see all of them, else the identity whose executions it may see.
   * @throws DomainError permission.forbidden
   */
  visibleExecutor(caller: Caller, operation: AnyOperation): number | null {
    const grants = this.grantsAbout(caller, operation);
    if (grants.some(isUnconstrained)) return null;
    if (grants.some(isOwnExecutionsOnly)) return caller.identityId;
    throw refusal(operation, grants.length > 0 ? ' without constraints on packs or refs' : '');
  }

  private grantsAbout(caller: Caller, operation: AnyOperation) {
    caller.isChecked = true;
    return permissionsOf(operation).flatMap((permission) => grantsFor(caller.facts.grants, permission));
  }
}

/** One page of rows that are all there. */
export function pageThrough<Row>(rows: Row[], { limit, offset }: PageRequest): CountedPage<Row> {
  return { rows: rows.slice(offset, offset + limit), total: rows.length };
}

/** One of these is enough. */
function permissionsOf({ permission, orPermission }: AnyOperation): Permission[] {
  return [permission, orPermission].filter((one) => one !== null && one !== undefined);
}

const refusal = (operation: AnyOperation, how = ''): DomainError =>
  new DomainError('permission.forbidden', `This needs the permission ${permissionsOf(operation).join(' or ')}${how}`);
