import { DomainError, type KeyEntity } from '@attune/common';
import { type AnyOperation, operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { allows, type Target } from '../access/grants.js';
import { KEY_COLUMNS, keyTarget } from './show-key.js';

/** Who may do what with which key. A key that somebody may not read is, for them, as good as not there. */
@Injectable()
export class KeyAccess {
  constructor(@Inject(AccessService) private readonly access: AccessService) {}

  /** The same for a key that exists and one that does not, when the caller may read neither. */
  requireReadable(caller: Caller, ref: string, key: KeyEntity | null): KeyEntity {
    if (key && this.access.may(caller, operations.getKey, keyTarget(key))) return key;
    throw missing(ref);
  }

  /** Says 403 only to who may read the key, or has no such right at all. */
  requireChangeable(caller: Caller, operation: AnyOperation, ref: string, key: KeyEntity | null): KeyEntity {
    this.requireSome(caller, operation);
    if (key && this.access.may(caller, operation, keyTarget(key))) return key;
    const readable = this.requireReadable(caller, ref, key);
    this.access.require(caller, operation, keyTarget(readable));
    return readable;
  }

  /**
   * Refuses who has no such right about any key, before anything is told about what exists.
   * @throws DomainError permission.forbidden
   */
  requireSome(caller: Caller, operation: AnyOperation): void {
    this.access.visible(caller, operation, KEY_COLUMNS);
  }

  /** @throws DomainError permission.forbidden */
  require(caller: Caller, operation: AnyOperation, target: Target): void {
    this.access.require(caller, operation, target);
  }

  mayRead(caller: Caller, key: KeyEntity): boolean {
    return this.access.may(caller, operations.getKey, keyTarget(key));
  }

  /** Whether somebody who may read a key may see its value. */
  maySee({ facts }: Caller, key: KeyEntity): boolean {
    return !key.encrypted || allows(facts.grants, 'keys:decrypt', keyTarget(key), facts);
  }

  /** @throws DomainError permission.forbidden */
  requireDecrypt(caller: Caller, key: KeyEntity): void {
    if (this.maySee(caller, key)) return;
    throw new DomainError('permission.forbidden', 'Making an encrypted key plain needs the permission keys:decrypt');
  }
}

const missing = (ref: string): DomainError => new DomainError('key.not_found', `There is no key ${ref}`);
