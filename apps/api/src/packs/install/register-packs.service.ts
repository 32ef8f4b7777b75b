import { basename } from 'node:path';
import { DomainError, LOGGER, type Logger } from '@attune/common';
import {
  operations,
  type RegisteredPack,
  type RegisterPacksRequest,
  type RegisterPacksResponse,
} from '@attune/contract';
import { PackLoadError } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../../access/caller.js';
import { PackFiles } from '../pack-files.service.js';
import { InstallPackService } from './install-pack.service.js';
import { RegisterPackService } from './register-pack.service.js';
import { countComponents } from './sql/count-components.sql.js';

/** Registers several packs, one after the other, each by itself: one that fails does not keep the others. */
@Injectable()
export class RegisterPacksService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(RegisterPackService) private readonly registers: RegisterPackService,
    @Inject(InstallPackService) private readonly installs: InstallPackService,
    @Inject(PackFiles) private readonly files: PackFiles,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async registerAll(caller: Caller, body: RegisterPacksRequest): Promise<RegisterPacksResponse> {
    this.installs.requireSomeGrant(caller, operations.registerPacks);
    const began = performance.now();
    const registered: RegisteredPack[] = [];
    const failed: RegisterPacksResponse['failed_packs'] = [];
    for (const path of body.pack_paths) {
      try {
        registered.push(await this.registerOne(caller, path, body));
      } catch (error) {
        if (!(error instanceof DomainError)) this.logger.error({ err: error }, 'pack not registered');
        failed.push({
          pack_ref: (error instanceof PackLoadError ? error.packRef : null) ?? basename(path),
          pack_path: path,
          error: error instanceof DomainError ? error.message : 'Something went wrong inside the service',
          error_stage: 'registration',
        });
      }
    }
    const components = registered.flatMap(({ components_registered: counts }) => Object.values<number>(counts));
    return {
      registered_packs: registered,
      failed_packs: failed,
      summary: {
        total_packs: body.pack_paths.length,
        success_count: registered.length,
        failure_count: failed.length,
        total_components: components.reduce((total, count) => total + count, 0),
        duration_ms: Math.round(performance.now() - began),
      },
    };
  }

  private async registerOne(caller: Caller, path: string, body: RegisterPacksRequest): Promise<RegisteredPack> {
    const { force, skip_tests } = body;
    const settings = { force, skip_tests, operation: operations.registerPacks };
    const { pack, tests } = await this.registers.registerFrom(caller, path, settings);
    return {
      pack_ref: pack.ref,
      pack_id: pack.id,
      pack_version: pack.version,
      storage_path: this.files.live(pack.ref),
      components_registered: await countComponents(this.dataSource, pack.id),
      test_result: tests && {
        status: tests.status,
        total_tests: tests.counts.total,
        passed: tests.counts.passed,
        failed: tests.counts.failed,
      },
      validation_results: { valid: true, errors: [] },
    };
  }
}
