import { type Platform, PlatformModule } from '@attune/common';
import { type DynamicModule, Module } from '@nestjs/common';
import { WorkerService } from './worker.service.js';

@Module({})
export class WorkerModule {
  static forRoot(platform: Platform): DynamicModule {
    return { module: WorkerModule, imports: [PlatformModule.forRoot(platform)], providers: [WorkerService] };
  }
}
