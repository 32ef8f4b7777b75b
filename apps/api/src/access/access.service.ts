import { anyOf, DomainError, type Sql } from '@attune/common';
import { type AnyOperation } from '@attune/contract';
import { Injectable } from '@nestjs/common';
import { type Caller } from './caller.js';
import { type FactColumns, toSql } from './condition.js';
import { allows, conditionOf, grantsFor, type Permission, type Target } from './grants.js';

/** Things whose permission is checked before anything is looked up: they have no target a constraint could name. */
const CHECKED_FIRST: ReadonlySet<string> = new Set([
  'identities',
  'permissions',
  'runtimes',
  'workers',
  'retention',
  'audit_log',
]);

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
    const isAllowed = permissionsOf(operation).some((permission) =>
      allows(caller.facts.grants, permission, target, caller.facts),
    );
    if (!isAllowed) caller.isRefused = true;
    return isAllowed;
  }

  /**
   * Which rows of a list the caller may see, as a condition for the list's own statement.
   * @throws DomainError permission.forbidden when no grant is about them
   */
  visible(caller: Caller, operation: AnyOperation, columns: FactColumns): Sql {
    const { grants } = caller.facts;
    if (!permissionsOf(operation).some((permission) => grantsFor(grants, permission).length > 0)) {
      caller.isChecked = true;
      throw refusal(operation);
    }
    return this.visibleOrNone(caller, operation, columns);
  }

  /** The same for lists that everybody may ask for: without a grant it holds for no row. */
  visibleOrNone(caller: Caller, operation: AnyOperation, columns: FactColumns): Sql {
    caller.isChecked = true;
    const { facts } = caller;
    return anyOf(
      permissionsOf(operation).map((permission) => toSql(conditionOf(facts.grants, permission, facts), columns)),
    );
  }
}

/** One of these is enough. */
function permissionsOf({ permission, orPermission }: AnyOperation): Permission[] {
  return [permission, orPermission].filter((one) => one !== null && one !== undefined);
}

const refusal = (operation: AnyOperation): DomainError =>
  new DomainError('permission.forbidden', `This needs the permission ${permissionsOf(operation).join(' or ')}`);
