import { Global, Module } from '@nestjs/common';
import { AuditEventController } from './audit-event.controller.js';
import { AuditTrail } from './audit-trail.service.js';
import { ReadAuditEventsService } from './read-audit-events.service.js';

/** The audit log: every feature writes it. */
@Global()
@Module({
  controllers: [AuditEventController],
  providers: [AuditTrail, ReadAuditEventsService],
  exports: [AuditTrail],
})
export class AuditModule {}
