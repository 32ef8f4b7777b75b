import {
  DomainError,
  endInquiry,
  findInquiry,
  findInquiryForUpdate,
  type InquiryEnd,
  type InquiryEntity,
  publish,
  timeOutInquiry,
} from '@attune/common';
import { operations } from '@attune/contract';
import { type Json } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { requireFittingResponse } from './check-response.js';
import { findInquiryTarget, isAskedOf } from './inquiry-access.js';
import { isAtOrBelow } from './sql/is-at-or-below.sql.js';

/** Takes answers to questions. The row is locked while an answer is looked at, so of two at once one finds it taken. */
@Injectable()
export class AnswerInquiryService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  /** @throws DomainError 404, 403, 400 when the question has ended or its deadline has passed, 422 for an answer that does not fit */
  async respond(caller: Caller, id: number, response: Json): Promise<InquiryEntity> {
    const isTooLate = await this.dataSource.transaction(async (db) => {
      const inquiry = found('inquiry', id, await findInquiryForUpdate(db, id));
      const mayAnswer = this.access.may(caller, operations.respondToInquiry, await findInquiryTarget(db, inquiry));
      if (!mayAnswer && !isAskedOf(caller, inquiry)) {
        throw new DomainError('permission.forbidden', 'This needs the permission inquiries:respond or actions:execute');
      }
      if (await timeOutInquiry(db, id)) {
        await announceEnd(db, inquiry, 'timeout');
        return true;
      }
      await this.answer(db, caller, inquiry, response);
      return false;
    });
    // After the commit: the question has ended, whatever became of the answer.
    if (isTooLate) throw new DomainError('inquiry.bad_request', 'The deadline of the inquiry has passed');
    return found('inquiry', id, await findInquiry(this.dataSource, id));
  }

  /** The part that is the same for everybody who may answer at all. The row must be locked. */
  async answer(db: EntityManager, caller: Caller, inquiry: InquiryEntity, response: Json): Promise<void> {
    await requireOutsider(db, caller, inquiry);
    if (inquiry.assigned_to !== null && inquiry.assigned_to !== caller.identityId) {
      throw new DomainError('inquiry.forbidden', 'This inquiry is put to somebody else');
    }
    if (inquiry.status !== 'pending') {
      throw new DomainError('inquiry.bad_request', `The inquiry is not open any more: ${inquiry.status}`);
    }
    requireFittingResponse(inquiry.response_schema, response);
    await this.end(db, inquiry, { status: 'responded', response, respondedBy: caller.identityId });
  }

  /** Ends an open question and tells who waits for it. */
  async end(db: EntityManager, { id, execution }: InquiryEntity, end: Omit<InquiryEnd, 'id'>): Promise<void> {
    if (!(await endInquiry(db, { id, ...end }))) {
      throw new DomainError('inquiry.bad_request', 'The deadline of the inquiry has passed');
    }
    await announceEnd(db, { id, execution }, end.status);
  }
}

function announceEnd(
  db: EntityManager,
  { id, execution }: Pick<InquiryEntity, 'id' | 'execution'>,
  status: InquiryEnd['status'],
): Promise<void> {
  return publish(db, [{ topic: 'inquiry.responded', payload: { inquiry_id: id, execution_id: execution, status } }]);
}

/**
 * Nobody answers a question of their own: neither the execution that asks, nor what it started.
 * @throws DomainError 403
 */
async function requireOutsider(db: EntityManager, { facts }: Caller, { execution }: InquiryEntity): Promise<void> {
  if (facts.executionId === null || !(await isAtOrBelow(db, facts.executionId, execution))) return;
  throw new DomainError('inquiry.forbidden', 'An execution cannot answer its own inquiry, nor one of those above it');
}
