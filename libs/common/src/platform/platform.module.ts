import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Config } from '../config/config.schema.js';
import { type Logger } from '../logging/logger.js';
import { DatabaseListener } from '../messaging/database-listener.js';
import { Messaging } from '../messaging/messaging.js';
import { SecretBox } from '../security/secret-box.js';
import { TokenSigner } from '../security/tokens.js';

/** Injects the frozen configuration. */
export const CONFIG = Symbol('Config');
/** Injects the service's pino log. */
export const LOGGER = Symbol('Logger');

/** What a service has before its module graph is built: all of it works, or the process has already said why not. */
export interface Platform {
  readonly service: string;
  readonly config: Config;
  readonly logger: Logger;
  /** Connected and migrated. */
  readonly dataSource: DataSource;
  readonly listener: DatabaseListener;
}

/** Closes what the platform opened, last of all: features stop in `beforeApplicationShutdown`. */
@Injectable()
class PlatformShutdown implements OnApplicationShutdown {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(DatabaseListener) private readonly listener: DatabaseListener,
    @Inject(Messaging) private readonly messaging: Messaging,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.messaging.close();
    await this.listener.stop();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/** Gives every module of a service its configuration, log, database, messaging and security parts. */
@Module({})
export class PlatformModule {
  static forRoot({ service, config, logger, dataSource, listener }: Platform): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: DataSource, useValue: dataSource },
      { provide: DatabaseListener, useValue: listener },
      {
        provide: Messaging,
        useFactory: () => new Messaging(dataSource, listener, logger, config.messaging, service),
      },
      { provide: TokenSigner, useFactory: () => new TokenSigner(config.security.jwtSecret) },
      { provide: SecretBox, useFactory: () => SecretBox.of(config.security) },
    ];
    return {
      module: PlatformModule,
      global: true,
      providers: [...providers, PlatformShutdown],
      exports: providers.map(({ provide }) => provide),
    };
  }
}
