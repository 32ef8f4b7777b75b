import {
  CONFIG,
  type Config,
  type CountedPage,
  DomainError,
  findPack,
  type PackEntity,
  PackTestExecutionEntity,
  type PackTestReason,
  type PageRequest,
} from '@attune/common';
import { type AnyOperation, operations } from '@attune/contract';
import { asStored } from '../domain/wire.js';
import {
  type ManifestSpec,
  type PackTestOutcome,
  readPackDirectory,
  runPackTests,
  type TestingSpec,
} from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { PackFiles } from '../packs/pack-files.service.js';
import { packTarget } from '../packs/show-pack.js';
import { showTestResult } from './show-pack-test.js';
import { insertPackTest } from './sql/insert-pack-test.sql.js';

/** Runs the tests that packs bring, and keeps how they went. */
@Injectable()
export class PackTestsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(PackFiles) private readonly files: PackFiles,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Runs the tests of an installed pack. @throws DomainError 400 when it has none */
  async test(caller: Caller, ref: string, signal: AbortSignal): Promise<PackTestOutcome> {
    const pack = await this.find(caller, ref, operations.testPack);
    const directory = this.files.live(pack.ref);
    const reading = await readPackDirectory(directory).catch(() => null);
    const manifest = reading?.pack?.manifest;
    if (!manifest) throw new DomainError('pack_test.bad_request', `The pack ${ref} has no files that could be tested`);
    if (manifest.testing?.enabled !== true) {
      throw new DomainError('pack_test.bad_request', `The pack ${ref} has no tests, or they are not enabled`);
    }
    if (!this.config.packs.runTests) {
      throw new DomainError('pack_test.bad_request', 'Tests of packs are switched off (packs.run_tests)');
    }
    const outcome = await this.run(manifest, manifest.testing, directory, signal);
    if (signal.aborted) throw new DomainError('pack_test.bad_request', 'The tests were stopped: the client went away');
    await this.store(this.dataSource.manager, pack.id, outcome, 'manual');
    return outcome;
  }

  /** null: the pack has no tests that are enabled, or the operator wants none run. */
  async runWhenEnabled(manifest: ManifestSpec, directory: string): Promise<PackTestOutcome | null> {
    const { testing } = manifest;
    if (testing?.enabled !== true || !this.config.packs.runTests) return null;
    return this.run(manifest, testing, directory);
  }

  async store(db: EntityManager, packId: number, outcome: PackTestOutcome, reason: PackTestReason): Promise<void> {
    await insertPackTest(db, { packId, reason, outcome, result: asStored(showTestResult(outcome)) });
  }

  /** Newest first. */
  async list(
    caller: Caller,
    ref: string,
    { limit, offset }: PageRequest,
  ): Promise<CountedPage<PackTestExecutionEntity>> {
    const { id } = await this.find(caller, ref, operations.listPackTests);
    const [rows, total] = await this.dataSource
      .getRepository(PackTestExecutionEntity)
      .findAndCount({ where: { pack_id: id }, order: { id: 'DESC' }, take: limit, skip: offset });
    return { rows, total };
  }

  async latest(caller: Caller, ref: string): Promise<PackTestExecutionEntity> {
    const { id } = await this.find(caller, ref, operations.getLatestPackTest);
    const [row = null] = await this.dataSource
      .getRepository(PackTestExecutionEntity)
      .find({ where: { pack_id: id }, order: { id: 'DESC' }, take: 1 });
    if (!row) throw new DomainError('pack_test.not_found', `The pack ${ref} was never tested`);
    return row;
  }

  private run(
    { ref, version }: ManifestSpec,
    testing: TestingSpec,
    directory: string,
    signal?: AbortSignal,
  ): Promise<PackTestOutcome> {
    const { testTimeoutSeconds, testOutputBytes: maxOutputBytes } = this.config.packs;
    return runPackTests(
      { ref, version, directory, testing },
      { maxRunnerMs: testTimeoutSeconds * 1000, maxOutputBytes, ...(signal && { signal }) },
    );
  }

  private async find(caller: Caller, ref: string, operation: AnyOperation): Promise<PackEntity> {
    const pack = found('pack', ref, await findPack(this.dataSource, ref));
    this.access.require(caller, operation, packTarget(pack));
    return pack;
  }
}
