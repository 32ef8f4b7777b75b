import { ENFORCEMENT_TRANSITIONS, isResolved } from './enforcement-state.js';
import {
  canMoveExecution,
  EXECUTION_STATUSES,
  EXECUTION_TRANSITIONS,
  executionPredecessors,
  type ExecutionSetter,
  type ExecutionStatus,
  isTerminal,
  LIVE_EXECUTION_STATUSES,
} from './execution-state.js';

describe('execution statuses', () => {
  it('lets nothing leave a terminal status', () => {
    expect(EXECUTION_TRANSITIONS.filter(({ from }) => isTerminal(from))).toEqual([]);
    expect(LIVE_EXECUTION_STATUSES).toEqual(['requested', 'scheduling', 'scheduled', 'running', 'canceling']);
  });

  it('leads from every live status to an end, and reaches every status from requested', () => {
    const reachable = (start: ExecutionStatus): Set<ExecutionStatus> => {
      const seen = new Set([start]);
      for (const status of seen) {
        for (const move of EXECUTION_TRANSITIONS) if (move.from === status) seen.add(move.to);
      }
      return seen;
    };
    for (const status of LIVE_EXECUTION_STATUSES) expect([...reachable(status)].some(isTerminal)).toBe(true);
    expect(reachable('requested').size).toBe(EXECUTION_STATUSES.length);
  });

  it('lists every move once', () => {
    const moves = EXECUTION_TRANSITIONS.map(({ from, to }) => `${from} ${to}`);
    expect(new Set(moves).size).toBe(moves.length);
  });

  it.each<[ExecutionStatus, ExecutionSetter, ExecutionStatus[]]>([
    ['scheduled', 'scheduler', ['requested', 'scheduling']],
    ['running', 'worker', ['scheduled']],
    ['completed', 'worker', ['running', 'canceling']],
    ['failed', 'worker', ['running', 'canceling']],
    ['failed', 'monitor', ['scheduled']],
    ['abandoned', 'monitor', ['running']],
    ['requested', 'monitor', ['scheduling', 'scheduled']],
    ['cancelled', 'api', ['requested', 'scheduling', 'scheduled', 'running']],
    ['canceling', 'api', ['running']],
    ['completed', 'scheduler', []],
  ])('%s by %s comes from %j', (to, by, from) => {
    expect(executionPredecessors(to, by)).toEqual(from);
  });

  it('refuses what would revive or skip', () => {
    expect(canMoveExecution('cancelled', 'running')).toBe(false);
    expect(canMoveExecution('requested', 'completed')).toBe(false);
    expect(canMoveExecution('scheduled', 'running', 'api')).toBe(false);
    expect(canMoveExecution('scheduled', 'running', 'worker')).toBe(true);
  });
});

describe('enforcement statuses', () => {
  it('change once', () => {
    expect(ENFORCEMENT_TRANSITIONS.every(({ from, to }) => !isResolved(from) && isResolved(to))).toBe(true);
  });
});
