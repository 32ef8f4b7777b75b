/** What the harness installs: actions that leave a trace outside of the database, triggers, rules and limits. */

export const PACK = 'chaos';

export interface ChaosAction {
  readonly name: string;
  /** After the line that writes the journal; parameters are shell variables. */
  readonly body: string;
  readonly timeoutSeconds?: number;
}

/** Each starts by appending the id of its execution to the journal: an id that stands there twice was started twice. */
export const ACTIONS: readonly ChaosAction[] = [
  { name: 'note', body: 'true' },
  { name: 'fail', body: 'echo "failing as told" >&2; exit 3' },
  { name: 'doze', body: 'sleep "$seconds"' },
  { name: 'hang', body: 'sleep 60 & wait', timeoutSeconds: 1 },
  { name: 'limited', body: 'sleep "$seconds"' },
  { name: 'grouped', body: 'sleep "$seconds"' },
  { name: 'capped', body: 'sleep "$seconds"' },
];

/** Where an action writes its id; `>>` opens with O_APPEND, so lines of several processes do not mix. */
export const sourceOf = ({ body }: ChaosAction, journal: string): string =>
  `echo "$ATTUNE_EXEC_ID" >> '${journal}'\n${body}`;

export interface ChaosRule {
  readonly name: string;
  readonly trigger: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** It matches events only whose payload says `wanted: true`. */
  readonly wantedOnly?: true;
  /** It matches nothing. */
  readonly isDisabled?: true;
}

const SECONDS = '{{ event.payload.seconds }}';
const GROUP = '{{ event.payload.group }}';

export const RULES: readonly ChaosRule[] = [
  { name: 'quick_core', trigger: 'quick', action: 'core.noop', parameters: {} },
  { name: 'quick_note', trigger: 'quick', action: 'chaos.note', parameters: {} },
  { name: 'failing_core', trigger: 'failing', action: 'core.noop', parameters: { exit_code: 1 } },
  { name: 'failing_own', trigger: 'failing', action: 'chaos.fail', parameters: {} },
  { name: 'slow_core', trigger: 'slow', action: 'core.sleep', parameters: { seconds: SECONDS } },
  { name: 'slow_own', trigger: 'slow', action: 'chaos.doze', parameters: { seconds: SECONDS } },
  { name: 'filtered_all', trigger: 'filtered', action: 'chaos.note', parameters: {} },
  { name: 'filtered_wanted', trigger: 'filtered', action: 'chaos.note', parameters: {}, wantedOnly: true },
  { name: 'filtered_off', trigger: 'filtered', action: 'chaos.note', parameters: {}, isDisabled: true },
  { name: 'limited', trigger: 'limited', action: 'chaos.limited', parameters: { seconds: SECONDS } },
  { name: 'grouped', trigger: 'limited', action: 'chaos.grouped', parameters: { seconds: SECONDS, group: GROUP } },
  { name: 'capped', trigger: 'limited', action: 'chaos.capped', parameters: { seconds: SECONDS } },
];

export const TRIGGERS: readonly string[] = [...new Set(RULES.map(({ trigger }) => trigger))];

export interface ChaosPolicy {
  readonly name: string;
  readonly action: string;
  readonly method: 'enqueue' | 'cancel';
  readonly threshold: number;
  readonly parameters: readonly string[];
}

export const POLICIES: readonly ChaosPolicy[] = [
  { name: 'limited', action: 'chaos.limited', method: 'enqueue', threshold: 2, parameters: [] },
  { name: 'grouped', action: 'chaos.grouped', method: 'enqueue', threshold: 1, parameters: ['group'] },
  { name: 'capped', action: 'chaos.capped', method: 'cancel', threshold: 1, parameters: [] },
];
