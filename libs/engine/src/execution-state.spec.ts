import fc from 'fast-check';
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

  it('never changes again after its end, whoever tries what', () => {
    const setters: ExecutionSetter[] = ['scheduler', 'worker', 'conductor', 'monitor', 'inquiry', 'api'];
    const attempt = fc.record({
      to: fc.constantFrom(...EXECUTION_STATUSES),
      by: fc.constantFrom(...setters),
    });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 60 }), (attempts) => {
        const life: ExecutionStatus[] = ['requested'];
        for (const { to, by } of attempts) {
          // What every statement does: it changes a row only when it finds it in one of these.
          const from: readonly ExecutionStatus[] = executionPredecessors(to, by);
          if (from.includes(life.at(-1)!)) life.push(to);
        }
        expect(life.slice(0, -1).filter(isTerminal)).toEqual([]);
      }),
    );
  });

  it('knows who may make each move', () => {
    const moves = EXECUTION_TRANSITIONS.map(({ from, to, by }) => `${from} > ${to}: ${by.join(' ')}`);
    expect(moves).toEqual([
      'requested > scheduling: scheduler',
      'requested > scheduled: scheduler',
      'requested > running: scheduler',
      'requested > failed: scheduler conductor',
      'requested > cancelled: scheduler conductor api',
      'scheduling > requested: scheduler',
      'scheduling > scheduled: scheduler',
      'scheduling > running: scheduler',
      'scheduling > failed: scheduler',
      'scheduling > cancelled: scheduler conductor api',
      'scheduled > running: worker',
      'scheduled > requested: monitor',
      'scheduled > failed: monitor',
      'scheduled > cancelled: conductor api',
      'running > completed: worker conductor inquiry',
      'running > failed: worker conductor inquiry',
      'running > timeout: inquiry',
      'running > abandoned: worker monitor',
      'running > canceling: conductor api',
      'running > cancelled: conductor inquiry api',
      'canceling > completed: worker',
      'canceling > failed: worker',
      'canceling > cancelled: worker conductor monitor',
    ]);
  });

  it('lets the scheduler decide whatever it likes about what it may place', () => {
    const placeable = executionPredecessors('scheduled', 'scheduler');
    for (const to of ['failed', 'cancelled', 'running'] as const) {
      expect(executionPredecessors(to, 'scheduler')).toEqual(placeable);
    }
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
    ['requested', 'monitor', ['scheduled']],
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
