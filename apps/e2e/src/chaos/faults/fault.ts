/** The services that run, each under one name for the whole run. Two of each kind: nothing may depend on being alone. */
export const SERVICE_NAMES = ['api-1', 'api-2', 'executor-1', 'executor-2', 'worker-1', 'worker-2'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

interface Timed {
  /** From the start of the run. */
  readonly atMs: number;
}

/** SIGKILL; started again `pauseMs` later. */
export interface KillFault extends Timed {
  readonly kind: 'kill';
  readonly service: ServiceName;
  readonly pauseMs: number;
}

/** SIGTERM; started again `pauseMs` after it has left. */
export interface RestartFault extends Timed {
  readonly kind: 'restart';
  readonly service: ServiceName;
  readonly pauseMs: number;
}

/** SIGSTOP, and SIGCONT `forMs` later: a machine that is paused, or a network that comes back. */
export interface FreezeFault extends Timed {
  readonly kind: 'freeze';
  readonly service: ServiceName;
  readonly forMs: number;
}

/** SIGKILL for PostgreSQL's first process, which takes all others with it; started again `pauseMs` later. */
export interface CrashDatabaseFault extends Timed {
  readonly kind: 'crash database';
  readonly pauseMs: number;
}

/** `pg_terminate_backend` for a part of the connections of our services; `salt` decides which. */
export interface CutConnectionsFault extends Timed {
  readonly kind: 'cut connections';
  readonly share: number;
  readonly salt: number;
}

/** The broker is killed and started again `pauseMs` later; only with the transport `rabbitmq`. */
export interface CrashBrokerFault extends Timed {
  readonly kind: 'crash broker';
  readonly pauseMs: number;
}

export type Fault =
  KillFault | RestartFault | FreezeFault | CrashDatabaseFault | CutConnectionsFault | CrashBrokerFault;
