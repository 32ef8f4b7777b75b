import {
  CONFIG,
  type Config,
  databaseCapabilities,
  type DatabaseCapabilities,
  isMigrated,
  listWorkersForScheduling,
} from '@attune/common';
import { type HealthResponse } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { VERSION } from '../version.js';

/** Says how the service is. */
@Injectable()
export class HealthService {
  /** The kind of a database does not change under a running service. */
  private capabilities: DatabaseCapabilities | undefined;
  private isCurrent = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws Error when the database cannot be reached */
  async details(): Promise<HealthResponse> {
    this.capabilities ??= await databaseCapabilities(this.dataSource);
    const workers = await listWorkersForScheduling(this.dataSource);
    return {
      status: 'ok',
      version: VERSION,
      database: 'connected',
      database_kind: this.capabilities.kind,
      postgresql_version: this.capabilities.serverVersion,
      timescaledb_version: this.capabilities.timescaledbVersion,
      messaging: this.config.messaging.transport,
      workers_alive: workers.length,
    };
  }

  /** Whether requests can be served: the database answers and its schema is the one this version works with. */
  async isReady(): Promise<boolean> {
    try {
      if (this.isCurrent) await this.dataSource.query('select 1');
      else this.isCurrent = await isMigrated(this.dataSource);
      return this.isCurrent;
    } catch {
      return false;
    }
  }
}
