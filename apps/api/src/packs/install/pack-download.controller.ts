import {
  type BuildPackEnvsResponse,
  type DownloadPacksResponse,
  type GetPackDependenciesResponse,
  operations,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../../http/operation.decorator.js';
import { FetchPacksService } from './fetch-packs.service.js';
import { InstallPackService } from './install-pack.service.js';
import { PackDependenciesService } from './pack-dependencies.service.js';
import { PackEnvironmentsService } from './pack-environments.service.js';

/** What can be done with packs before they are registered. */
@Controller()
export class PackDownloadController {
  constructor(
    @Inject(InstallPackService) private readonly installs: InstallPackService,
    @Inject(FetchPacksService) private readonly fetches: FetchPacksService,
    @Inject(PackDependenciesService) private readonly dependencies: PackDependenciesService,
    @Inject(PackEnvironmentsService) private readonly environments: PackEnvironmentsService,
  ) {}

  @Operation(operations.downloadPacks)
  download({ caller, body, http }: InputOf<typeof operations.downloadPacks>): Promise<DownloadPacksResponse> {
    this.installs.requireSomeGrant(caller, operations.downloadPacks);
    return this.fetches.download(caller, body, http.closed);
  }

  @Operation(operations.getPackDependencies)
  analyze({ caller, body }: InputOf<typeof operations.getPackDependencies>): Promise<GetPackDependenciesResponse> {
    return this.dependencies.analyze(caller, body);
  }

  @Operation(operations.buildPackEnvironments)
  build({ caller, body }: InputOf<typeof operations.buildPackEnvironments>): Promise<BuildPackEnvsResponse> {
    return this.environments.build(caller, body);
  }
}
