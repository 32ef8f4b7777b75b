export { findBroker } from './broker/find-broker.js';
export { onBroker } from './broker/on-broker.js';
export { hasRabbitProgram, RabbitNode } from './broker/rabbit-node.js';
export { TcpProxy } from './broker/tcp-proxy.js';
export {
  type BrokerNames,
  createTestBroker,
  type TestBroker,
  testTransports,
  type Transport,
} from './broker/test-broker.js';
export { DATABASE_KINDS, type DatabaseKind } from './database-kind.js';
export { eventually } from './eventually.js';
export { freePort } from './free-port.js';
export { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.js';
export { testKinds } from './test-kinds.js';
export {
  type CommandResult,
  type ProductOptions,
  type ProductProcess,
  runCli,
  startProduct,
} from './product/product-process.js';
export {
  type ServiceOptions,
  type ServiceProcess,
  type SpawnedService,
  spawnService,
  startService,
  workspaceRoot,
} from './product/service-process.js';
