/** `created`: decided, not acted on yet. `processed`: its execution exists. `disabled`: rule, trigger or action were gone or off. */
export const ENFORCEMENT_STATUSES = ['created', 'processed', 'disabled'] as const;

export type EnforcementStatus = (typeof ENFORCEMENT_STATUSES)[number];

/** An enforcement changes once: from `created` to how it was resolved. */
export const ENFORCEMENT_TRANSITIONS: readonly { readonly from: EnforcementStatus; readonly to: EnforcementStatus }[] =
  [
    { from: 'created', to: 'processed' },
    { from: 'created', to: 'disabled' },
  ];

export function isResolved(status: EnforcementStatus): boolean {
  return status !== 'created';
}
