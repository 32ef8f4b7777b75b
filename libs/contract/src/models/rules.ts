import { type z } from 'zod';
import { request, response } from '../define.js';
import { bool, int64, json, list, optional, orDefault, shortText, text, timestamp } from '../fields.js';

export const RuleSummary = response('RuleSummary', {
  id: int64(),
  ref: text(),
  pack_ref: text(),
  label: text(),
  description: text().nullable(),
  action_ref: text(),
  trigger_ref: text(),
  action_params: json().nullable(),
  trigger_params: json().nullable(),
  permission_set_refs: list(text()).nullable(),
  enabled: bool(),
  created: timestamp(),
  updated: timestamp(),
});
export type RuleSummary = z.output<typeof RuleSummary>;

/** `action` and `trigger` are null once deleted; their refs stay. */
export const RuleResponse = response('RuleResponse', {
  id: int64(),
  ref: text(),
  pack: int64(),
  pack_ref: text(),
  label: text(),
  description: text().nullable(),
  action: int64().nullable(),
  action_ref: text(),
  trigger: int64().nullable(),
  trigger_ref: text(),
  conditions: json().nullable(),
  action_params: json().nullable(),
  trigger_params: json().nullable(),
  permission_set_refs: list(text()).nullable(),
  enabled: bool(),
  is_adhoc: bool(),
  owner_identity: int64().nullable(),
  created: timestamp(),
  updated: timestamp(),
});
export type RuleResponse = z.output<typeof RuleResponse>;

/** Parameters are checked against the schemas of the trigger and the action. */
export const CreateRuleRequest = request('CreateRuleRequest', {
  ref: shortText(),
  pack_ref: shortText(),
  label: shortText(),
  description: optional(text()),
  action_ref: shortText(),
  trigger_ref: shortText(),
  conditions: orDefault(json(), {}),
  action_params: orDefault(json(), {}),
  trigger_params: orDefault(json(), {}),
  permission_set_refs: optional(list(text())),
  enabled: bool().default(true),
});
export type CreateRuleRequest = z.output<typeof CreateRuleRequest>;

/** Absent and null keep what is stored, except where said. */
export const UpdateRuleRequest = request('UpdateRuleRequest', {
  label: optional(shortText()),
  description: optional(text()),
  action_ref: optional(shortText()),
  trigger_ref: optional(shortText()),
  conditions: optional(json()),
  action_params: optional(json()),
  trigger_params: optional(json()),
  /** Three states: absent keeps, null clears, value sets. */
  permission_set_refs: list(text()).nullish(),
  enabled: optional(bool()),
});
export type UpdateRuleRequest = z.output<typeof UpdateRuleRequest>;
