import { type AuditEventType, DomainError, findPack, type PackEntity } from '@attune/common';
import { type AnyOperation } from '@attune/contract';
import {
  changePack,
  changePackRows,
  type LoadedPack,
  type PackTestOutcome,
  type StagedPack,
  type Staging,
} from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AccessService } from '../../access/access.service.js';
import { type Caller } from '../../access/caller.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { found } from '../../domain/found.js';
import { mayManagePermissions } from '../../access/may-manage-permissions.js';
import { PackTestsService } from '../../pack-tests/pack-tests.service.js';
import { PackFiles } from '../pack-files.service.js';
import { PACK_COLUMNS, packTarget } from '../show-pack.js';
import { PackLoader } from './pack-loader.service.js';
import { installationOf, type PackOrigin } from './pack-origin.js';

export interface InstallRequest {
  readonly operation: AnyOperation;
  readonly auditType: AuditEventType;
  readonly pack: StagedPack;
  /** Where its files stand ready; null: they are live already, and only the rows have to follow. */
  readonly staging: Staging | null;
  /** null: nothing is known that is not stored already. */
  readonly origin: PackOrigin | null;
  /** An existing pack is updated, and failing tests do not matter. */
  readonly force: boolean;
  readonly skipTests: boolean;
}

export interface InstalledPack {
  readonly pack: PackEntity;
  readonly loaded: LoadedPack;
  /** null: none were run. */
  readonly tests: PackTestOutcome | null;
}

/** Makes a pack whose files stand ready one of the installation: checked, tested, loaded and put in place, or not at all. */
@Injectable()
export class InstallPackService {
  constructor(
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(PackFiles) private readonly files: PackFiles,
    @Inject(PackTestsService) private readonly tests: PackTestsService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(PackLoader) private readonly loader: PackLoader,
  ) {}

  /** For the time before it is known which pack it is. @throws DomainError permission.forbidden */
  requireSomeGrant(caller: Caller, operation: AnyOperation): void {
    this.access.visible(caller, operation, PACK_COLUMNS);
  }

  /**
   * @throws DomainError 403, 409 for an existing pack without `force`, 400 for a pack that cannot be loaded or whose
   *   tests fail; nothing was changed then
   */
  async install(caller: Caller, request: InstallRequest): Promise<InstalledPack> {
    const { storage } = this.files;
    const { manifest, directory } = request.pack;
    await this.admit(storage.dataSource.manager, caller, request);
    const tests = request.skipTests ? null : await this.tests.runWhenEnabled(manifest, directory);
    if (tests && !request.force && !tests.isAcceptable && manifest.testing?.onFailure !== 'warn') {
      throw new DomainError('pack_test.bad_request', failureText(tests), { tests: tests.counts });
    }
    const change = (db: EntityManager): Promise<InstalledPack> => this.write(db, caller, request, tests);
    const installed = await (request.staging === null
      ? changePackRows(storage, manifest.ref, change)
      : changePack(storage, request.staging, { ref: manifest.ref, hasFiles: true, change }));
    this.loader.report(installed.loaded);
    return installed;
  }

  private async write(
    db: EntityManager,
    caller: Caller,
    request: InstallRequest,
    tests: PackTestOutcome | null,
  ): Promise<InstalledPack> {
    // Asked again under the lock of the pack: somebody may have installed it since.
    const stored = await this.admit(db, caller, request);
    const { manifest, directory } = request.pack;
    const loaded = await this.loader.load(db, caller, directory, {
      ...(request.origin && { installation: installationOf(request.origin, caller.identityId) }),
      installedBy: stored ? null : caller.identityId,
    });
    if (tests) await this.tests.store(db, loaded.id, tests, stored ? 'update' : 'install');
    await this.audit.record(db, caller, {
      type: request.auditType,
      resource: { type: 'pack', id: loaded.id, ref: loaded.ref },
      details: { version: loaded.version, created: loaded.created, ...(tests && { tests: tests.status }) },
    });
    return { pack: found('pack', manifest.ref, await findPack(db, manifest.ref)), loaded, tests };
  }

  /** The stored pack of this name, if there is one and the caller may replace it. */
  private async admit(db: EntityManager, caller: Caller, request: InstallRequest): Promise<PackEntity | null> {
    const { ref } = request.pack.manifest;
    const stored = await findPack(db, ref);
    const target = stored ? packTarget(stored) : { ref, packRef: ref, owner: caller.identityId };
    this.access.require(caller, request.operation, target);
    if (stored && !request.force) {
      throw new DomainError('pack.conflict', `The pack ${ref} already exists; it is replaced with force only`);
    }
    if (stored?.installed_by === null && !mayManagePermissions(caller)) {
      throw new DomainError(
        'permission.forbidden',
        `The pack ${ref} came with the product: replacing it needs the permission permissions:manage`,
      );
    }
    return stored;
  }
}

function failureText({ counts, testSuites }: PackTestOutcome): string {
  const [first] = testSuites.flatMap(({ name, testCases }) =>
    testCases.filter(({ errorMessage }) => errorMessage !== null).map((one) => `; ${name}: ${one.errorMessage ?? ''}`),
  );
  return `The pack was not installed: ${counts.passed} of ${counts.total} tests passed${first ?? ''}`;
}
