import {
  anyOf,
  type CountedPage,
  DomainError,
  findExecution,
  findInquiry,
  type InquiryEntity,
  type InquiryFilter,
  listInquiries,
  type PageRequest,
  sql,
} from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { findInquiryTarget, INQUIRY_COLUMNS, isAskedOf } from './inquiry-access.js';

/** Shows inquiries: those that a grant covers, and those put to the caller. */
@Injectable()
export class ReadInquiriesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async list(caller: Caller, filter: InquiryFilter, page: PageRequest): Promise<CountedPage<InquiryEntity>> {
    const covered = this.access.visible(caller, operations.listInquiries, INQUIRY_COLUMNS);
    const { tokenType } = caller.facts;
    const visible = tokenType === 'access' ? anyOf([covered, sql`i.assigned_to = ${caller.identityId}`]) : covered;
    return listInquiries(this.dataSource, { ...filter, visible }, page);
  }

  async listOfExecution(caller: Caller, execution: number, page: PageRequest): Promise<CountedPage<InquiryEntity>> {
    found('execution', execution, await findExecution(this.dataSource, execution));
    return this.list(caller, { execution }, page);
  }

  async get(caller: Caller, id: number): Promise<InquiryEntity> {
    const inquiry = found('inquiry', id, await findInquiry(this.dataSource, id));
    const target = await findInquiryTarget(this.dataSource, inquiry);
    const isCovered = this.access.may(caller, operations.getInquiry, target);
    if (isCovered || isAskedOf(caller, inquiry)) return inquiry;
    throw new DomainError('permission.forbidden', 'This needs the permission inquiries:read or executions:read');
  }
}
