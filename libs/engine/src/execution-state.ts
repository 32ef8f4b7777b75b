/** What an execution can be; the order is the order of life. */
export const EXECUTION_STATUSES = [
  'requested',
  'scheduling',
  'scheduled',
  'running',
  'canceling',
  'completed',
  'failed',
  'timeout',
  'cancelled',
  'abandoned',
] as const;

export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export const TERMINAL_EXECUTION_STATUSES = ['completed', 'failed', 'timeout', 'cancelled', 'abandoned'] as const;

export type TerminalExecutionStatus = (typeof TERMINAL_EXECUTION_STATUSES)[number];

/** Statuses an execution can still leave. */
export type LiveExecutionStatus = Exclude<ExecutionStatus, TerminalExecutionStatus>;

/** Who makes a move. `conductor` runs workflows, `monitor` looks after deadlines and dead workers, `inquiry` after questions. */
export type ExecutionSetter = 'scheduler' | 'worker' | 'conductor' | 'monitor' | 'inquiry' | 'api';

export interface ExecutionTransition {
  readonly from: LiveExecutionStatus;
  readonly to: ExecutionStatus;
  readonly by: readonly ExecutionSetter[];
}

/**
 * Every legal move. Nothing leaves a terminal status. The scheduler may take several of its steps in one transaction, so
 * `requested` leads wherever `scheduling` does.
 */
export const EXECUTION_TRANSITIONS: readonly ExecutionTransition[] = [
  { from: 'requested', to: 'scheduling', by: ['scheduler'] },
  { from: 'requested', to: 'scheduled', by: ['scheduler'] },
  { from: 'requested', to: 'running', by: ['scheduler'] },
  { from: 'requested', to: 'failed', by: ['scheduler', 'conductor'] },
  { from: 'requested', to: 'cancelled', by: ['scheduler', 'conductor', 'api'] },

  { from: 'scheduling', to: 'requested', by: ['scheduler'] },
  { from: 'scheduling', to: 'scheduled', by: ['scheduler'] },
  { from: 'scheduling', to: 'running', by: ['scheduler'] },
  { from: 'scheduling', to: 'failed', by: ['scheduler'] },
  { from: 'scheduling', to: 'cancelled', by: ['scheduler', 'conductor', 'api'] },

  { from: 'scheduled', to: 'running', by: ['worker'] },
  // Its worker died, or lives but did not take it: another one may.
  { from: 'scheduled', to: 'requested', by: ['monitor'] },
  { from: 'scheduled', to: 'failed', by: ['monitor'] },
  { from: 'scheduled', to: 'cancelled', by: ['conductor', 'api'] },

  { from: 'running', to: 'completed', by: ['worker', 'conductor', 'inquiry'] },
  { from: 'running', to: 'failed', by: ['worker', 'conductor', 'inquiry'] },
  { from: 'running', to: 'timeout', by: ['inquiry'] },
  // The worker reports its own work abandoned when it must stop before the work is done.
  { from: 'running', to: 'abandoned', by: ['worker', 'monitor'] },
  { from: 'running', to: 'canceling', by: ['conductor', 'api'] },
  // Workflow parents and inquiries have no process to wait for.
  { from: 'running', to: 'cancelled', by: ['conductor', 'inquiry', 'api'] },

  // A process that ends before the signal reaches it keeps its real result.
  { from: 'canceling', to: 'completed', by: ['worker'] },
  { from: 'canceling', to: 'failed', by: ['worker'] },
  { from: 'canceling', to: 'cancelled', by: ['worker', 'conductor', 'monitor'] },
];

const TERMINAL: ReadonlySet<string> = new Set(TERMINAL_EXECUTION_STATUSES);

/** Whether an execution has ended for good. */
export function isTerminal(status: ExecutionStatus): status is TerminalExecutionStatus {
  return TERMINAL.has(status);
}

export const LIVE_EXECUTION_STATUSES: readonly LiveExecutionStatus[] = EXECUTION_STATUSES.filter(
  (status) => !isTerminal(status),
);

/** The statuses a move to `to` may start from: the expected set of a compare-and-set. Empty = that setter never makes the move. */
export function executionPredecessors(to: ExecutionStatus, by: ExecutionSetter): readonly LiveExecutionStatus[] {
  return EXECUTION_TRANSITIONS.filter((move) => move.to === to && move.by.includes(by)).map(({ from }) => from);
}

export function canMoveExecution(from: ExecutionStatus, to: ExecutionStatus, by?: ExecutionSetter): boolean {
  return EXECUTION_TRANSITIONS.some(
    (move) => move.from === from && move.to === to && (by === undefined || move.by.includes(by)),
  );
}
