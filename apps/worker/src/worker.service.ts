import { type Config, CONFIG, DatabaseListener, type Logger, LOGGER, SecretBox, TokenSigner } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Worker } from './worker.js';

/** Ties the worker to the life of the service. */
@Injectable()
export class WorkerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private worker: Worker | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(DatabaseListener) private readonly listener: DatabaseListener,
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(TokenSigner) private readonly signer: TokenSigner,
  ) {}

  get facts(): Readonly<Record<string, unknown>> {
    const registration = this.worker?.registration;
    return registration ? { workerId: registration.id, workerName: registration.name } : {};
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger, dataSource, listener, box, signer } = this;
    this.worker = await Worker.start({
      ...{ config, logger, dataSource, listener, box, signer },
      environment: process.env,
      onReplaced: () => process.kill(process.pid, 'SIGTERM'),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    await worker?.stop();
  }
}
