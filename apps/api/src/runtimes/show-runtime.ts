import { type RuntimeEntity } from '@attune/common';
import { type RuntimeResponse, type RuntimeSummary } from '@attune/contract';
import { iso } from '../domain/wire.js';

export const showRuntimeSummary = (runtime: RuntimeEntity): RuntimeSummary => ({
  id: runtime.id,
  ref: runtime.ref,
  pack_ref: runtime.pack_ref,
  description: runtime.description,
  name: runtime.name,
  created: iso(runtime.created),
  updated: iso(runtime.updated),
});

export const showRuntime = (runtime: RuntimeEntity): RuntimeResponse => ({
  ...showRuntimeSummary(runtime),
  pack: runtime.pack,
  distributions: runtime.distributions,
  installation: runtime.installation,
  execution_config: runtime.execution_config,
});
