import { type Platform, PlatformModule } from '@attune/common';
import { type DynamicModule, Module } from '@nestjs/common';
import { AdmissionConsumerService } from './admission/admission-consumer.service.js';
import { AdmissionService } from './admission/admission.service.js';
import { ExpireWaitsService } from './admission/expire-waits.service.js';
import { QueueStatsService } from './admission/queue-stats.service.js';
import { ReleaseAdmissionsService } from './admission/release-admissions.service.js';
import { RepairAdmissionsService } from './admission/repair-admissions.service.js';
import { EnforceEventsService } from './events/enforce-events.service.js';
import { EventConsumerService } from './events/event-consumer.service.js';
import { StartExecutionsService } from './executions/start-executions.service.js';
import { InquiryDeadlinesService } from './inquiries/inquiry-deadlines.service.js';
import { InquiryUpkeepService } from './inquiries/inquiry-upkeep.service.js';
import { MaintenanceService } from './maintenance/maintenance.service.js';
import { RetentionService } from './maintenance/retention.service.js';
import { InboxCleanupService } from './messaging/inbox-cleanup.service.js';
import { RelayService } from './messaging/relay.service.js';
import { ReconcileExecutionsService } from './monitor/reconcile-executions.service.js';
import { TimeoutMonitorService } from './monitor/timeout-monitor.service.js';
import { CapacityWatchService } from './placement/capacity-watch.service.js';
import { ExecutionConsumerService } from './placement/execution-consumer.service.js';
import { PlaceExecutionsService } from './placement/place-executions.service.js';
import { PlanPlacementsService } from './placement/plan-placements.service.js';
import { LostExecutionsService } from './recovery/lost-executions.service.js';
import { RecoverWorkService } from './recovery/recover-work.service.js';
import { RecoveryService } from './recovery/recovery.service.js';
import { SecretStore } from './secrets/secret-store.js';

/** Everything between an event and the worker that runs its action. */
@Module({})
export class ExecutorModule {
  static forRoot(platform: Platform): DynamicModule {
    return {
      module: ExecutorModule,
      imports: [PlatformModule.forRoot(platform)],
      providers: [
        SecretStore,
        PlanPlacementsService,
        StartExecutionsService,
        EnforceEventsService,
        EventConsumerService,
        QueueStatsService,
        AdmissionService,
        ReleaseAdmissionsService,
        AdmissionConsumerService,
        PlaceExecutionsService,
        ExecutionConsumerService,
        CapacityWatchService,
        ReconcileExecutionsService,
        ExpireWaitsService,
        TimeoutMonitorService,
        InquiryDeadlinesService,
        InquiryUpkeepService,
        LostExecutionsService,
        RecoverWorkService,
        RepairAdmissionsService,
        RecoveryService,
        MaintenanceService,
        RetentionService,
        RelayService,
        InboxCleanupService,
      ],
    };
  }
}
