import {
  apiEvent,
  AuditBuffer,
  type AuditedRequest,
  auditEvent,
  type AuditOrigin,
  type AuditRecord,
  type Database,
  insertAuditEvents,
  LOGGER,
  type Logger,
} from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Whoever something can be told of: a caller, or the exchange of a request that has none. */
export interface Audited {
  readonly origin: AuditOrigin;
}

/** What must never happen unseen is told here. Requests as such are noted by themselves. */
@Injectable()
export class AuditTrail {
  private readonly buffer: AuditBuffer;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.buffer = new AuditBuffer(dataSource, logger);
  }

  /**
   * Tells of a change in its own transaction: both are there or neither. For what changes nothing but must not happen
   * untold either (a secret that is read), pass no transaction but the data source, and answer after it.
   */
  record(db: Database, by: Audited, ...records: readonly AuditRecord[]): Promise<void> {
    return insertAuditEvents(
      db,
      records.map((record) => auditEvent(by.origin, record)),
    );
  }

  /** The same where there is no transaction. */
  recordNow(by: Audited, ...records: readonly AuditRecord[]): Promise<void> {
    return this.record(this.dataSource, by, ...records);
  }

  /** Tells of what was refused or only looked at: stored soon, without making anybody wait. */
  note(by: Audited, record: AuditRecord): void {
    this.buffer.add(auditEvent(by.origin, record));
  }

  noteRequest(by: Audited, request: AuditedRequest): void {
    this.buffer.add(apiEvent(by.origin, request));
  }

  /** False: too much waits to be stored, for so long that the request should be refused. */
  room(waitMs: number): Promise<boolean> {
    return this.buffer.room(waitMs);
  }

  /** Stores what waits. After the last request and before the pool closes. */
  flush(): Promise<void> {
    return this.buffer.stop();
  }
}
