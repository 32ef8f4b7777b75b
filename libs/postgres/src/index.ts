export { findBinaries, type PostgresBinaries } from './binaries.js';
export { findFreePort, isPortFree } from './free-port.js';
export { PostgresError, type PostgresErrorCode } from './postgres-error.js';
export { describeProcess, isSameProcess, type ProcessIdentity } from './process-identity.js';
export { startPostgres, type PostgresExit, type PostgresOptions, type PostgresServer } from './postgres-server.js';
