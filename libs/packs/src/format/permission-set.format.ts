import { labelOf } from '@attune/engine';
import { z } from 'zod';
import { type ComponentFormat } from './component-format.js';
import { text, textList } from './fields.js';

export interface GrantSpec {
  readonly resource: string;
  readonly actions: readonly string[];
  readonly constraints?: object;
}

/** A row of the table `permission_set`. */
export interface PermissionSetSpec {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly grants: readonly GrantSpec[];
}

const RESOURCES = [
  'packs',
  'actions',
  'queues',
  'rules',
  'triggers',
  'executions',
  'events',
  'enforcements',
  'inquiries',
  'keys',
  'artifacts',
  'runtimes',
  'workers',
  'retention',
  'identities',
  'permissions',
  'audit_log',
] as const;

const ACTIONS = [
  'read',
  'create',
  'install',
  'configure',
  'update',
  'delete',
  'execute',
  'cancel',
  'respond',
  'manage',
  'decrypt',
] as const;

/** A constraint nobody knows would never hold, or worse be left out: unknown ones are refused. */
const constraints = z.strictObject({
  pack_refs: textList.optional(),
  refs: textList.optional(),
  owner: z.enum(['self', 'any', 'none']).optional(),
  owner_types: z.array(z.enum(['system', 'identity', 'pack', 'action', 'sensor'])).optional(),
  owner_refs: textList.optional(),
  visibility: z.array(z.enum(['public', 'private'])).optional(),
  execution_scope: z.enum(['self', 'descendants', 'any']).optional(),
  ids: z.array(z.int()).optional(),
  encrypted: z.boolean().optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
});

const grant = z
  .strictObject({
    resource: z.enum(RESOURCES),
    actions: z.array(z.enum(ACTIONS)).min(1).optional(),
    action: z.enum(ACTIONS).optional(),
    constraints: constraints.nullish(),
  })
  .refine((one) => (one.actions === undefined) !== (one.action === undefined), {
    path: ['actions'],
    error: 'is required (or `action` for a single one)',
  });

const shape = {
  ref: text,
  label: text.optional(),
  description: z.string().optional(),
  grants: z.array(grant),
};

export const permissionSetFormat: ComponentFormat<typeof shape, PermissionSetSpec> = {
  type: 'permission_set',
  file: z.object(shape),
  build: (raw, ref) => ({
    ref,
    label: raw.label ?? labelOf(ref),
    description: raw.description ?? null,
    grants: raw.grants.map((one) => ({
      resource: one.resource,
      actions: one.actions ?? (one.action === undefined ? [] : [one.action]),
      ...(one.constraints ? { constraints: one.constraints } : {}),
    })),
  }),
};
