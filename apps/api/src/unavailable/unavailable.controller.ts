import { type AnyOperation } from '@attune/contract';
import { DomainError } from '@attune/common';
import { Controller } from '@nestjs/common';
import { Operation } from '../http/operation.decorator.js';
import { unavailableOperations } from './unavailable-operations.js';

/** Answers 501 to what this version cannot do. Its methods are made from the list. */
@Controller()
export class UnavailableController {}

for (const operation of unavailableOperations) addMethod(operation);

function addMethod(operation: AnyOperation): void {
  const refuse = (): never => {
    throw new DomainError(
      'operation.not_implemented',
      `This version of Attune does not have this yet: ${operation.summary}`,
    );
  };
  const descriptor = { value: refuse, writable: true, configurable: true };
  Object.defineProperty(UnavailableController.prototype, operation.operationId, descriptor);
  Operation(operation)(UnavailableController.prototype, operation.operationId, descriptor);
}
