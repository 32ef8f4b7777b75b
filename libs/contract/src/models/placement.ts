import { type z } from 'zod';
import { enumeration, shared } from '../define.js';
import { int32, list, text, textMap } from '../fields.js';

/** `exists` ignores the value. */
export const TolerationOperator = enumeration('TolerationOperator', ['equal', 'exists']);
export type TolerationOperator = z.output<typeof TolerationOperator>;

export const TaintEffect = enumeration('TaintEffect', ['no_schedule', 'prefer_no_schedule']);
export type TaintEffect = z.output<typeof TaintEffect>;

/** Lets an execution on a worker with a matching taint. No `effect` tolerates both. */
export const WorkerToleration = shared('WorkerToleration', {
  key: text(),
  operator: TolerationOperator.default('equal'),
  value: text().nullish(),
  effect: TaintEffect.nullish(),
});
export type WorkerToleration = z.output<typeof WorkerToleration>;

export const LabelExpressionOperator = enumeration('LabelExpressionOperator', [
  'in',
  'not_in',
  'exists',
  'does_not_exist',
]);
export type LabelExpressionOperator = z.output<typeof LabelExpressionOperator>;

export const WorkerLabelExpression = shared('WorkerLabelExpression', {
  key: text(),
  operator: LabelExpressionOperator,
  values: list(text()).default([]),
});
export type WorkerLabelExpression = z.output<typeof WorkerLabelExpression>;

/** Holds when every label and every expression holds. */
export const WorkerSelectorTerm = shared('WorkerSelectorTerm', {
  match_labels: textMap().default({}),
  match_expressions: list(WorkerLabelExpression).default([]),
});
export type WorkerSelectorTerm = z.output<typeof WorkerSelectorTerm>;

/** Adds `weight` (1 to 100) to the score of workers the term holds for. */
export const PreferredWorkerSelectorTerm = shared('PreferredWorkerSelectorTerm', {
  weight: int32().default(1),
  preference: WorkerSelectorTerm,
});
export type PreferredWorkerSelectorTerm = z.output<typeof PreferredWorkerSelectorTerm>;

/** `required`: any one term must hold; `anti_affinity`: none may; `preferred`: scored. */
export const WorkerAffinity = shared('WorkerAffinity', {
  required: list(WorkerSelectorTerm).default([]),
  preferred: list(PreferredWorkerSelectorTerm).default([]),
  anti_affinity: list(WorkerSelectorTerm).default([]),
});
export type WorkerAffinity = z.output<typeof WorkerAffinity>;

/** Keeps executions without a matching toleration away from a worker. */
export const WorkerTaint = shared('WorkerTaint', {
  key: text(),
  value: text().nullish(),
  effect: TaintEffect.default('no_schedule'),
});
export type WorkerTaint = z.output<typeof WorkerTaint>;
