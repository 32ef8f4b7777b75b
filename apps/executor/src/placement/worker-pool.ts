import {
  chooseWorker,
  isAlive,
  type PlacementClock,
  type PlacementDecision,
  type PlacementRequirements,
  type PlacementWorker,
  readLabels,
  readRuntimes,
  readTaints,
} from '@attune/engine';
import { type ActionWorker } from './sql/list-action-workers.sql.js';
import { type WorkerRoom } from './sql/bring-forward-placements.sql.js';

/**
 * Executions that may wait at a worker for each of its slots, when it does not say itself. Without any, a slot would stay empty from the end of one
 * execution until the scheduler has heard of it; with many, work sticks to a worker while another one becomes free.
 */
const WAITING_PER_SLOT = 4;

/** The workers as they are while one batch is placed: each choice counts at once. */
export class WorkerPool {
  private readonly workers: PooledWorker[];
  /** As newcomers see them: a worker that others wait for has no room for them. What it is assigned is shared. */
  private readonly forNewcomers: PooledWorker[];
  private lastChosenId: number | null;

  constructor(
    stored: readonly ActionWorker[],
    private readonly heartbeatTimeoutMs: number,
    lastChosenId: number | null = null,
  ) {
    this.workers = stored.map(toPlacementWorker);
    this.forNewcomers = this.workers.map((worker, index) =>
      stored[index]?.isAwaited === true ? { ...worker, capacity: 0 } : worker,
    );
    this.lastChosenId = lastChosenId;
  }

  /** Where the turn among equal workers goes on in the next batch. */
  get lastChosen(): number | null {
    return this.lastChosenId;
  }

  /** `isNew`: it has not waited for room yet, and overtakes nobody who does. */
  place(requirements: PlacementRequirements, isNew: boolean): PlacementDecision {
    const decision = chooseWorker(requirements, isNew ? this.forNewcomers : this.workers, this.clock());
    if (decision.type === 'chosen') {
      const chosen = this.workers.find(({ id }) => id === decision.workerId);
      if (chosen) chosen.assigned += 1;
      this.lastChosenId = decision.workerId;
    }
    return decision;
  }

  /** How many more executions each worker may hold; full ones are left out. */
  rooms(): WorkerRoom[] {
    return this.workers.flatMap((worker) => {
      const { id, capacity, assigned, cordoned } = worker;
      const room = capacity === null ? UNLIMITED_ROOM : capacity - assigned;
      return cordoned || room <= 0 || !isAlive(worker, this.clock()) ? [] : [{ worker: id, room }];
    });
  }

  /** Ages of heartbeats were measured by the database, so "now" is zero. */
  private clock(): PlacementClock {
    return { nowMs: 0, heartbeatTimeoutMs: this.heartbeatTimeoutMs, lastChosenId: this.lastChosenId };
  }
}

type PooledWorker = Omit<PlacementWorker, 'assigned'> & { assigned: number };

/** For a worker that states no limit: as much as a batch can use. */
const UNLIMITED_ROOM = 1_000;

function toPlacementWorker(worker: ActionWorker): PooledWorker {
  return {
    id: worker.id,
    name: worker.name,
    role: worker.role,
    status: worker.status,
    cordoned: worker.cordoned,
    lastHeartbeatMs: worker.heartbeatAgeMs === null ? null : -worker.heartbeatAgeMs,
    runtimes: readRuntimes(worker.runtimes),
    labels: readLabels(worker.labels),
    taints: readTaints(worker.taints),
    capacity: worker.slots === null ? null : worker.slots + (worker.waiting ?? worker.slots * WAITING_PER_SLOT),
    assigned: worker.assigned,
  };
}
