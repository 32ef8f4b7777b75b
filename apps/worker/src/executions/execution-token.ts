import { type BegunExecution, type TokenSigner } from '@attune/common';

/** Rights that come from the action itself instead of a permission set: its own keys and artifacts and those of its pack. */
const STANDARD_ACCESS = 'standard';

/** How much longer (s) than the process a token lives. */
const GRACE_SECONDS = 60;

/** The token an execution may act with; null = it was given no rights. */
export async function executionToken(
  { id, action_ref, executor, permission_set_refs: refs }: BegunExecution,
  {
    systemIdentity,
    packRef,
    timeoutSeconds,
  }: { readonly systemIdentity: number; readonly packRef: string; readonly timeoutSeconds: number },
  signer: TokenSigner,
): Promise<string | null> {
  if (refs.length === 0) return null;
  const hasStandardAccess = refs.includes(STANDARD_ACCESS);
  return signer.sign({
    identityId: executor ?? systemIdentity,
    login: `execution:${id}`,
    type: 'execution',
    scope: 'execution',
    lifetimeSeconds: timeoutSeconds + GRACE_SECONDS,
    metadata: {
      execution_id: id,
      action_ref,
      permission_set_refs: refs,
      standard_access_action_refs: hasStandardAccess ? [action_ref] : [],
      standard_access_pack_refs: hasStandardAccess ? [packRef] : [],
    },
  });
}
