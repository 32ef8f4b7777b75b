import { Module } from '@nestjs/common';
import { PackIndicesModule } from '../pack-indices/pack-indices.module.js';
import { PackTestController } from '../pack-tests/pack-test.controller.js';
import { PackTestsService } from '../pack-tests/pack-tests.service.js';
import { DeletePackService } from './delete-pack.service.js';
import { FetchPacksService } from './install/fetch-packs.service.js';
import { InstallFromSourceService } from './install/install-from-source.service.js';
import { InstallPackService } from './install/install-pack.service.js';
import { PackDependenciesService } from './install/pack-dependencies.service.js';
import { PackDownloadController } from './install/pack-download.controller.js';
import { PackEnvironmentsService } from './install/pack-environments.service.js';
import { PackInstallController } from './install/pack-install.controller.js';
import { PackLoader } from './install/pack-loader.service.js';
import { RegisterPackService } from './install/register-pack.service.js';
import { RegisterPacksService } from './install/register-packs.service.js';
import { UploadPackService } from './install/upload-pack.service.js';
import { PackController } from './pack.controller.js';
import { PackFiles } from './pack-files.service.js';
import { ReadPacksService } from './read-packs.service.js';
import { WritePacksService } from './write-packs.service.js';

@Module({
  imports: [PackIndicesModule],
  controllers: [PackInstallController, PackDownloadController, PackController, PackTestController],
  providers: [
    DeletePackService,
    FetchPacksService,
    InstallFromSourceService,
    InstallPackService,
    PackDependenciesService,
    PackEnvironmentsService,
    PackFiles,
    PackLoader,
    PackTestsService,
    ReadPacksService,
    RegisterPackService,
    RegisterPacksService,
    UploadPackService,
    WritePacksService,
  ],
})
export class PacksModule {}
