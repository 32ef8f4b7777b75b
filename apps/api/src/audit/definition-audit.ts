import { type AuditRecord } from '@attune/common';

type DefinitionKind = 'action' | 'rule' | 'trigger' | 'sensor' | 'workflow' | 'queue' | 'runtime';

interface Definition {
  readonly id: number;
  readonly ref: string;
}

/** A definition was made or taken away. */
export const definitionChanged = (
  kind: DefinitionKind,
  { id, ref }: Definition,
  change: 'created' | 'deleted',
): AuditRecord => ({ type: `definition.${kind}.changed`, resource: { type: kind, id, ref }, details: { change } });

/** A definition got other values in these fields; nothing to tell without any. */
export const definitionUpdated = (
  kind: DefinitionKind,
  { id, ref }: Definition,
  fields: readonly string[],
): AuditRecord[] =>
  fields.length === 0
    ? []
    : [
        {
          type: `definition.${kind}.changed`,
          resource: { type: kind, id, ref },
          details: { change: 'updated', fields: [...fields].sort() },
        },
      ];
