import { DEFAULT_RETENTION, DomainError, RETENTION_TARGETS, type RetentionSettings } from '@attune/common';
import { type RetentionConfig } from '@attune/contract';

/** A century (s): more is "for ever", which is null. */
const MAX_AGE_SECONDS = 100 * 366 * 86_400;

/** A week (s). */
const MAX_INTERVAL_SECONDS = 7 * 86_400;

/** Rows of one transaction: enough to be quick, few enough that nobody waits for it. */
const MAX_BATCH = 100_000;

/**
 * The settings as they are stored, complete.
 * @throws DomainError 400 for anything nobody could mean
 */
export function readSettings(given: RetentionConfig): RetentionSettings {
  requireBetween('check_interval_seconds', given.check_interval_seconds, MAX_INTERVAL_SECONDS);
  requireBetween('batch_size', given.batch_size, MAX_BATCH);
  const targets = Object.fromEntries(
    RETENTION_TARGETS.map((target) => {
      const { max_age_seconds: seconds = DEFAULT_RETENTION.targets[target].max_age_seconds } = given.targets[target];
      if (seconds !== null) requireBetween(`targets.${target}.max_age_seconds`, seconds, MAX_AGE_SECONDS);
      return [target, { max_age_seconds: seconds }];
    }),
  ) as RetentionSettings['targets'];
  requireLastingSums(targets);
  return { ...given, targets };
}

/** How many executions there are is read from the hourly sums, so these must not be gone before the rows they count. */
function requireLastingSums({ executions, continuous_aggregates: sums }: RetentionSettings['targets']): void {
  const ageOf = ({ max_age_seconds: seconds }: { max_age_seconds: number | null }) => seconds ?? Infinity;
  if (ageOf(sums) >= ageOf(executions)) return;
  throw new DomainError(
    'retention.bad_request',
    'targets.continuous_aggregates must be kept at least as long as targets.executions',
  );
}

function requireBetween(field: string, value: number, max: number): void {
  if (value >= 1 && value <= max) return;
  throw new DomainError('retention.bad_request', `${field} must be between 1 and ${max}`);
}
