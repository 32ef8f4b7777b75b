import { getOwn, isJsonArray, isJsonObject, type Json } from '../json.js';

/** What an execution asks of the worker it goes to, beside runtimes. */
export interface PlacementRules {
  /** Every label must be equal. */
  readonly selector: LabelMap;
  readonly tolerations: readonly Toleration[];
  readonly affinity: Affinity;
}

export type LabelMap = Readonly<Record<string, string>>;

export type TaintEffect = 'no_schedule' | 'prefer_no_schedule';

/** Keeps executions away that do not tolerate it. */
export interface Taint {
  readonly key: string;
  readonly value: string | null;
  readonly effect: TaintEffect;
}

export interface Toleration {
  readonly key: string;
  readonly operator: 'equal' | 'exists';
  readonly value: string | null;
  /** Null tolerates both effects. */
  readonly effect: TaintEffect | null;
}

export interface Affinity {
  /** At least one must match, unless there is none. */
  readonly required: readonly LabelTerm[];
  readonly preferred: readonly { readonly weight: number; readonly term: LabelTerm }[];
  /** None may match. */
  readonly antiAffinity: readonly LabelTerm[];
}

/** Matches when all of it does. */
export interface LabelTerm {
  readonly labels: LabelMap;
  readonly expressions: readonly LabelExpression[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export const NO_PLACEMENT_RULES: PlacementRules = {
  selector: {},
  tolerations: [],
  affinity: { required: [], preferred: [], antiAffinity: [] },
};

/** The stored form (`worker_selector`, `worker_tolerations`, `worker_affinity`), read once. Its shape was checked when it was saved. */
export function readPlacementRules(selector: Json, tolerations: Json, affinity: Json): PlacementRules {
  return {
    selector: readLabels(selector),
    tolerations: objects(tolerations).map((item) => ({
      key: text(getOwn(item, 'key')),
      operator: getOwn(item, 'operator') === 'exists' ? 'exists' : 'equal',
      value: textOrNull(getOwn(item, 'value')),
      effect: readEffect(getOwn(item, 'effect'), null),
    })),
    affinity: {
      required: objects(getOwn(affinity, 'required')).map(readTerm),
      preferred: objects(getOwn(affinity, 'preferred')).map((item) => ({
        weight: readWeight(getOwn(item, 'weight')),
        term: readTerm(getOwn(item, 'preference') ?? null),
      })),
      antiAffinity: objects(getOwn(affinity, 'anti_affinity')).map(readTerm),
    },
  };
}

export function readTaints(taints: Json): readonly Taint[] {
  return objects(taints).map((item) => ({
    key: text(getOwn(item, 'key')),
    value: textOrNull(getOwn(item, 'value')),
    effect: readEffect(getOwn(item, 'effect'), 'no_schedule'),
  }));
}

export function readLabels(labels: Json | undefined): LabelMap {
  return isJsonObject(labels)
    ? Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, text(value)]))
    : {};
}

function readTerm(term: Json): LabelTerm {
  return {
    labels: readLabels(getOwn(term, 'match_labels')),
    expressions: objects(getOwn(term, 'match_expressions')).map((item) => {
      const values = getOwn(item, 'values');
      return {
        key: text(getOwn(item, 'key')),
        operator: text(getOwn(item, 'operator')),
        values: isJsonArray(values) ? values.map(text) : [],
      };
    }),
  };
}

const MAX_WEIGHT = 100;

function readWeight(weight: Json | undefined): number {
  return typeof weight === 'number' ? Math.min(MAX_WEIGHT, Math.max(1, weight)) : 1;
}

function objects(list: Json | undefined): readonly Json[] {
  return isJsonArray(list) ? list.filter(isJsonObject) : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'object' || value === undefined ? '' : String(value);
}

function textOrNull(value: Json | undefined): string | null {
  return value === undefined || value === null ? null : text(value);
}

function readEffect<T extends TaintEffect | null>(value: Json | undefined, otherwise: T): TaintEffect | T {
  return value === 'no_schedule' || value === 'prefer_no_schedule' ? value : otherwise;
}

/** A term without conditions matches every worker. */
export function matchesTerm(labels: LabelMap, term: LabelTerm): boolean {
  return matchesLabels(labels, term.labels) && term.expressions.every((item) => matchesExpression(labels, item));
}

export function matchesLabels(labels: LabelMap, wanted: LabelMap): boolean {
  return Object.entries(wanted).every(([key, value]) => labelOf(labels, key) === value);
}

/** An unknown operator matches nothing. */
function matchesExpression(labels: LabelMap, { key, operator, values }: LabelExpression): boolean {
  const label = labelOf(labels, key);
  switch (operator) {
    case 'in':
      return label !== undefined && values.includes(label);
    case 'not_in':
      return label === undefined || !values.includes(label);
    case 'exists':
      return label !== undefined;
    case 'does_not_exist':
      return label === undefined;
    default:
      return false;
  }
}

function labelOf(labels: LabelMap, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

export function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(
    ({ key, operator, value, effect }) =>
      key === taint.key &&
      (effect === null || effect === taint.effect) &&
      (operator === 'exists' || (value ?? '') === (taint.value ?? '')),
  );
}
