import {
  operations,
  type InquiryResponse,
  type InquirySummary,
  type Page,
  type SuccessResponse,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, offsetPage, pageRequest, WithMessage } from '../http/reply.js';
import { AnswerInquiryService } from './answer-inquiry.service.js';
import { ReadInquiriesService } from './read-inquiries.service.js';
import { showInquiry, showInquirySummary } from './show-inquiry.js';
import { WriteInquiriesService } from './write-inquiries.service.js';

@Controller()
export class InquiryController {
  constructor(
    @Inject(ReadInquiriesService) private readonly reads: ReadInquiriesService,
    @Inject(WriteInquiriesService) private readonly writes: WriteInquiriesService,
    @Inject(AnswerInquiryService) private readonly answers: AnswerInquiryService,
  ) {}

  @Operation(operations.listInquiries)
  async list({ caller, query }: InputOf<typeof operations.listInquiries>): Promise<Page<InquirySummary>> {
    const { offset, limit, ...filter } = query;
    const page = { offset, limit };
    return offsetPage(page, await this.reads.list(caller, filter, page), showInquirySummary);
  }

  @Operation(operations.listInquiriesByStatus)
  async listByStatus(input: InputOf<typeof operations.listInquiriesByStatus>): Promise<Page<InquirySummary>> {
    const { caller, params, query } = input;
    // The path has a spelling of its own.
    const status = params.status === 'canceled' ? 'cancelled' : params.status;
    return countedPage(query, await this.reads.list(caller, { status }, pageRequest(query)), showInquirySummary);
  }

  @Operation(operations.listExecutionInquiries)
  async listOfExecution(input: InputOf<typeof operations.listExecutionInquiries>): Promise<Page<InquirySummary>> {
    const { caller, params, query } = input;
    const page = await this.reads.listOfExecution(caller, params.execution_id, pageRequest(query));
    return countedPage(query, page, showInquirySummary);
  }

  @Operation(operations.getInquiry)
  async get({ caller, params }: InputOf<typeof operations.getInquiry>): Promise<InquiryResponse> {
    return showInquiry(await this.reads.get(caller, params.id));
  }

  @Operation(operations.createInquiry)
  async create({ caller, body }: InputOf<typeof operations.createInquiry>): Promise<WithMessage<InquiryResponse>> {
    return new WithMessage(showInquiry(await this.writes.create(caller, body)), 'Inquiry created');
  }

  @Operation(operations.updateInquiry)
  async update(input: InputOf<typeof operations.updateInquiry>): Promise<WithMessage<InquiryResponse>> {
    const { caller, params, body } = input;
    return new WithMessage(showInquiry(await this.writes.update(caller, params.id, body)), 'Inquiry updated');
  }

  @Operation(operations.respondToInquiry)
  async respond(input: InputOf<typeof operations.respondToInquiry>): Promise<WithMessage<InquiryResponse>> {
    const { caller, params, body } = input;
    const inquiry = await this.answers.respond(caller, params.id, body.response);
    return new WithMessage(showInquiry(inquiry), 'Response recorded');
  }

  @Operation(operations.deleteInquiry)
  async delete({ caller, params }: InputOf<typeof operations.deleteInquiry>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.id);
    return { success: true, message: `Inquiry ${params.id} deleted` };
  }
}
