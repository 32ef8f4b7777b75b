import {
  conditionProblems,
  type Json,
  type JsonObject,
  labelOf,
  pointerSegments,
  ruleParameterProblems,
} from '@attune/engine';
import { z } from 'zod';
import { type ComponentFormat } from './component-format.js';
import { freeMap, text, textList } from './fields.js';

/** A row of the table `rule`; trigger and action are still refs, perhaps short ones. */
export interface RuleSpec {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly trigger_ref: string;
  readonly action_ref: string;
  /** Initial value: later reloads keep what is stored. */
  readonly enabled: boolean;
  readonly conditions: JsonObject | readonly Json[];
  readonly action_params: JsonObject;
  readonly trigger_params: JsonObject;
  /** null: what the action has by default; []: none. */
  readonly permission_set_refs: readonly string[] | null;
}

const permissionSets = z.union([text, textList], 'must be a permission set ref or a list of them');

/** Checked as when a rule is saved over the API: an operator nobody knows or an unreadable expression is refused. */
const conditions = z
  .union([freeMap, z.array(z.unknown()).transform((list) => list as Json[])], 'must be a map or a list of conditions')
  .default({})
  .superRefine((value, context) => {
    for (const { type, path, message } of conditionProblems(value)) {
      if (type !== 'shape') context.addIssue({ code: 'custom', path: stepsOf(path), message, input: value });
    }
  });

const actionParams = freeMap.default({}).superRefine((value, context) => {
  for (const message of ruleParameterProblems(value)) {
    context.addIssue({ code: 'custom', message, input: value });
  }
});

const stepsOf = (pointer: string): (string | number)[] =>
  pointerSegments(pointer).map((step) => (/^\d+$/.test(step) ? Number(step) : step));

const shape = {
  ref: text,
  name: text.optional(),
  label: text.optional(),
  description: z.string().optional(),
  trigger_ref: text,
  action_ref: text,
  enabled: z.boolean().default(true),
  conditions,
  action_params: actionParams,
  trigger_params: freeMap.default({}),
  permission_set_refs: permissionSets.optional(),
  permission_set_ref: permissionSets.optional(),
  tags: textList.optional(),
};

export const ruleFormat: ComponentFormat<typeof shape, RuleSpec> = {
  type: 'rule',
  file: z.object(shape),
  build: (raw, ref) => {
    const sets = raw.permission_set_refs ?? raw.permission_set_ref ?? null;
    return {
      ref,
      label: raw.label ?? labelOf(raw.name ?? ref),
      description: raw.description ?? null,
      trigger_ref: raw.trigger_ref,
      action_ref: raw.action_ref,
      enabled: raw.enabled,
      conditions: raw.conditions,
      action_params: raw.action_params,
      trigger_params: raw.trigger_params,
      permission_set_refs: typeof sets === 'string' ? [sets] : sets,
    };
  },
};
