export { type Config, type Secrets } from './config/config.schema.js';
export { ConfigError, loadConfig } from './config/load-config.js';
export { ADVISORY_LOCK } from './database/advisory-locks.js';
export { addressOf, connect } from './database/connect.js';
export { createDataSource, type DataSourceSettings, MIGRATIONS_TABLE } from './database/data-source.js';
export { isMigrated, migrateDatabase } from './database/migrate.js';
export { type Database, execute, run } from './database/run.js';
export { allOf, json, sql, Sql } from './database/sql.js';
export { constraintOf, isConnectionLost, isRetryable, SQLSTATE, sqlStateOf } from './database/sqlstate.js';
export {
  assertNever,
  DomainError,
  errorCodeOf,
  type ErrorCode,
  type ErrorProblem,
  type ErrorSubject,
  messageOf,
  StartupError,
  TransientError,
} from './errors/domain-error.js';
export { type ReadyMessage, runService, type ServiceDefinition, type StartedService } from './lifecycle/run-service.js';
export { createLogger, type Logger } from './logging/logger.js';
export { NestLogger } from './logging/nest-logger.js';
export { DatabaseListener } from './messaging/database-listener.js';
export { type ConsumerOptions, OutboxConsumer } from './messaging/outbox-consumer.js';
export { publish, type PublishOptions } from './messaging/publish.js';
export { type Message } from './messaging/sql/take-messages.sql.js';
export {
  CHANNEL,
  type OutgoingMessage,
  QUEUE,
  type QueueName,
  SUBSCRIPTIONS,
  type Topic,
  type TopicPayloads,
} from './messaging/topics.js';
export { WakeSignal } from './messaging/wake-signal.js';
export { CONFIG, LOGGER, type Platform, PlatformModule } from './platform/platform.module.js';
export { hashPassword, verifyPassword } from './security/passwords.js';
export { SecretBox, SecretBoxError } from './security/secret-box.js';
export {
  type TokenClaims,
  type TokenRequest,
  TokenSigner,
  type TokenType,
  type TokenVerdict,
} from './security/tokens.js';
