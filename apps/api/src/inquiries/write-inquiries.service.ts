import {
  DomainError,
  execute,
  findExecution,
  findIdentity,
  findInquiry,
  findInquiryForUpdate,
  type InquiryEntity,
  insertInquiry,
  LOGGER,
  type Logger,
  type NewInquiry,
  publish,
  sql,
} from '@attune/common';
import { type CreateInquiryRequest, operations, type UpdateInquiryRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { AnswerInquiryService } from './answer-inquiry.service.js';
import { requireResponseSchema } from './check-response.js';
import { findInquiryTarget } from './inquiry-access.js';

/** Asks questions, passes them on, and takes them back. */
@Injectable()
export class WriteInquiriesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AnswerInquiryService) private readonly answers: AnswerInquiryService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** An execution asks one question at most. With its own token it asks for itself only. */
  async create(caller: Caller, body: CreateInquiryRequest): Promise<InquiryEntity> {
    found('execution', body.execution, await findExecution(this.dataSource, body.execution));
    this.access.require(caller, operations.createInquiry, await findInquiryTarget(this.dataSource, body));
    const { executionId } = caller.facts;
    if (executionId !== null && executionId !== body.execution) {
      throw new DomainError('inquiry.forbidden', 'An execution may ask for itself only');
    }
    const inquiry: NewInquiry = {
      execution: body.execution,
      prompt: body.prompt,
      response_schema: requireResponseSchema(body.response_schema),
      assigned_to: body.assigned_to ?? null,
      timeout_at: body.timeout_at === undefined ? null : new Date(body.timeout_at),
    };
    return this.dataSource.transaction(async (db) => {
      await requireIdentity(db, body.assigned_to);
      const id = await insertInquiry(db, inquiry);
      if (id === null) {
        throw new DomainError('inquiry.conflict', `The execution ${body.execution} asks something already`);
      }
      await publish(db, [{ topic: 'inquiry.created', payload: { inquiry_id: id, execution_id: body.execution } }]);
      return found('inquiry', id, await findInquiry(db, id));
    });
  }

  /** Passes an open question on to somebody else, or ends it. One that has ended never changes. */
  async update(caller: Caller, id: number, body: UpdateInquiryRequest): Promise<InquiryEntity> {
    return this.dataSource.transaction(async (db) => {
      const inquiry = found('inquiry', id, await findInquiryForUpdate(db, id));
      this.access.require(caller, operations.updateInquiry, await findInquiryTarget(db, inquiry));
      await this.assign(db, inquiry, body.assigned_to);
      await this.end(db, caller, inquiry, body);
      return found('inquiry', id, await findInquiry(db, id));
    });
  }

  /** Whoever waits for the answer is told that none will come. */
  async delete(caller: Caller, id: number): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const inquiry = found('inquiry', id, await findInquiryForUpdate(db, id));
      this.access.require(caller, operations.deleteInquiry, await findInquiryTarget(db, inquiry));
      if (inquiry.status === 'pending') await this.answers.end(db, inquiry, { status: 'cancelled' });
      await execute(db, sql`delete from inquiry as i where i.id = ${id}`);
    });
    this.logger.info({ inquiryId: id, identityId: caller.identityId }, 'inquiry deleted');
  }

  private async assign(db: EntityManager, inquiry: InquiryEntity, assignedTo: number | undefined): Promise<void> {
    if (assignedTo === undefined || assignedTo === inquiry.assigned_to) return;
    requirePending(inquiry);
    await requireIdentity(db, assignedTo);
    await execute(db, sql`update inquiry as i set assigned_to = ${assignedTo} where i.id = ${inquiry.id}`);
    inquiry.assigned_to = assignedTo;
  }

  private async end(
    db: EntityManager,
    caller: Caller,
    inquiry: InquiryEntity,
    { status = inquiry.status, response }: UpdateInquiryRequest,
  ): Promise<void> {
    if (status === 'responded' && response !== undefined) return this.answers.answer(db, caller, inquiry, response);
    if (response !== undefined) {
      throw new DomainError('inquiry.bad_request', 'A response is given together with the status responded');
    }
    if (status === inquiry.status) return;
    requirePending(inquiry);
    if (status === 'cancelled' || status === 'timeout') return this.answers.end(db, inquiry, { status });
    throw new DomainError('inquiry.bad_request', 'The status responded needs a response');
  }
}

/** @throws DomainError 400 */
function requirePending({ status }: InquiryEntity): void {
  if (status !== 'pending') throw new DomainError('inquiry.bad_request', `The inquiry has ended: ${status}`);
}

/** @throws DomainError 404 */
async function requireIdentity(db: EntityManager, id: number | undefined): Promise<void> {
  if (id !== undefined) found('identity', id, await findIdentity(db, id));
}
