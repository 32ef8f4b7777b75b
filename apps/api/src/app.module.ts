import { type Platform, PlatformModule } from '@attune/common';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessModule } from './access/access.module.js';
import { ActionsModule } from './actions/actions.module.js';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { EnforcementsModule } from './enforcements/enforcements.module.js';
import { EventsModule } from './events/events.module.js';
import { ExecutionsModule } from './executions/executions.module.js';
import { HealthModule } from './health/health.module.js';
import { HistoryModule } from './history/history.module.js';
import { EnvelopeInterceptor } from './http/envelope.interceptor.js';
import { ErrorFilter } from './http/error.filter.js';
import { RouteTable } from './http/route-table.js';
import { IdentitiesModule } from './identities/identities.module.js';
import { InquiriesModule } from './inquiries/inquiries.module.js';
import { KeysModule } from './keys/keys.module.js';
import { PacksModule } from './packs/packs.module.js';
import { PermissionsModule } from './permissions/permissions.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { RulesModule } from './rules/rules.module.js';
import { RuntimesModule } from './runtimes/runtimes.module.js';
import { SensorsModule } from './sensors/sensors.module.js';
import { TriggersModule } from './triggers/triggers.module.js';
import { UnavailableModule } from './unavailable/unavailable.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { WorkersModule } from './workers/workers.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';

@Module({})
export class AppModule {
  static forRoot(platform: Platform): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(platform),
        AccessModule,
        ActionsModule,
        AnalyticsModule,
        AuditModule,
        AuthModule,
        EnforcementsModule,
        EventsModule,
        ExecutionsModule,
        HealthModule,
        HistoryModule,
        IdentitiesModule,
        InquiriesModule,
        KeysModule,
        PacksModule,
        PermissionsModule,
        RetentionModule,
        RulesModule,
        RuntimesModule,
        SensorsModule,
        TriggersModule,
        UnavailableModule,
        WebhooksModule,
        WorkersModule,
        WorkflowsModule,
      ],
      providers: [
        RouteTable,
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
      ],
    };
  }
}
