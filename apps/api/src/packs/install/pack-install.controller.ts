import { operations, type PackInstallResponse, type PackResponse, type RegisterPacksResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../../http/operation.decorator.js';
import { showTestResult } from '../../pack-tests/show-pack-test.js';
import { showPack } from '../show-pack.js';
import { InstallFromSourceService } from './install-from-source.service.js';
import { type InstalledPack } from './install-pack.service.js';
import { RegisterPackService } from './register-pack.service.js';
import { RegisterPacksService } from './register-packs.service.js';
import { UploadPackService } from './upload-pack.service.js';

/** Ways in which packs come in. */
@Controller()
export class PackInstallController {
  constructor(
    @Inject(UploadPackService) private readonly uploads: UploadPackService,
    @Inject(RegisterPackService) private readonly registers: RegisterPackService,
    @Inject(RegisterPacksService) private readonly batches: RegisterPacksService,
    @Inject(InstallFromSourceService) private readonly installs: InstallFromSourceService,
  ) {}

  @Operation(operations.uploadPack)
  async upload({ caller, http }: InputOf<typeof operations.uploadPack>): Promise<PackInstallResponse> {
    const installed = await this.uploads.upload(caller, http);
    return showInstalled(installed, installed.testsSkipped);
  }

  @Operation(operations.registerPack)
  async register({ caller, body }: InputOf<typeof operations.registerPack>): Promise<PackResponse> {
    return showPack((await this.registers.register(caller, body)).pack);
  }

  @Operation(operations.registerPacks)
  registerAll({ caller, body }: InputOf<typeof operations.registerPacks>): Promise<RegisterPacksResponse> {
    return this.batches.registerAll(caller, body);
  }

  @Operation(operations.installPack)
  async install({ caller, body, http }: InputOf<typeof operations.installPack>): Promise<PackInstallResponse> {
    return showInstalled(await this.installs.install(caller, body, http.closed), body.skip_tests);
  }
}

const showInstalled = ({ pack, tests }: InstalledPack, tests_skipped: boolean): PackInstallResponse => ({
  pack: showPack(pack),
  test_result: tests && showTestResult(tests),
  tests_skipped,
});
