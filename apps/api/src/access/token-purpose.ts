import { type AnyOperation, operations, type TokenType } from '@attune/contract';

/**
 * What the processes of the platform do with their tokens. They act for nobody, so no grants say what they may do: whatever is not
 * named here is refused to them, also what asks for no grant.
 */
const PURPOSES: Readonly<Partial<Record<TokenType, ReadonlySet<AnyOperation>>>> = {
  sensor: new Set<AnyOperation>([operations.createEvent, operations.createEvents, operations.listTriggerRules]),
  worker: new Set<AnyOperation>([
    operations.createInternalSensorToken,
    operations.createSensorToken,
    operations.headInternalFile,
    operations.readInternalFile,
    operations.writeInternalFile,
    operations.appendInternalFile,
    operations.deleteInternalFile,
    operations.downloadPackArchive,
  ]),
};

/** Whether this type of token is any use for an operation. What it may be used on is decided later. */
export function isMeantFor(type: TokenType, operation: AnyOperation): boolean {
  const purpose = PURPOSES[type];
  return operation.auth.includes(type) && (purpose === undefined || purpose.has(operation));
}
