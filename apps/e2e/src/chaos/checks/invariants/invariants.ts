import { acceptedIsThere } from './accepted-is-there.js';
import { cancellationsHold } from './cancellations-hold.js';
import { endsAreTrue } from './ends-are-true.js';
import { everythingHasEnded } from './everything-has-ended.js';
import { historyIsComplete } from './history-is-complete.js';
import { type Invariant } from './invariant.js';
import { legalMoves } from './legal-moves.js';
import { nothingLeftOver } from './nothing-left-over.js';
import { oneEnforcementPerRule } from './one-enforcement-per-rule.js';
import { oneExecutionPerEnforcement } from './one-execution-per-enforcement.js';
import { slotsAreFree } from './slots-are-free.js';
import { startedOnce } from './started-once.js';

/** In the order of a reader: what was promised, how it went, what is left. */
export const INVARIANTS: readonly Invariant[] = [
  acceptedIsThere,
  oneEnforcementPerRule,
  oneExecutionPerEnforcement,
  legalMoves,
  historyIsComplete,
  everythingHasEnded,
  startedOnce,
  endsAreTrue,
  cancellationsHold,
  slotsAreFree,
  nothingLeftOver,
];
