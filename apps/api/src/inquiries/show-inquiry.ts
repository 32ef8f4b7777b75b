import { type InquiryEntity } from '@attune/common';
import { type InquiryResponse, type InquirySummary } from '@attune/contract';
import { iso, isoOrNull } from '../domain/wire.js';

export const showInquirySummary = (inquiry: InquiryEntity): InquirySummary => ({
  id: inquiry.id,
  execution: inquiry.execution,
  prompt: inquiry.prompt,
  assigned_to: inquiry.assigned_to,
  status: inquiry.status,
  has_response: inquiry.status === 'responded' || inquiry.response !== null,
  timeout_at: isoOrNull(inquiry.timeout_at),
  created: iso(inquiry.created),
});

export const showInquiry = (inquiry: InquiryEntity): InquiryResponse => ({
  id: inquiry.id,
  execution: inquiry.execution,
  prompt: inquiry.prompt,
  response_schema: inquiry.response_schema,
  assigned_to: inquiry.assigned_to,
  status: inquiry.status,
  response: inquiry.response,
  timeout_at: isoOrNull(inquiry.timeout_at),
  responded_at: isoOrNull(inquiry.responded_at),
  created: iso(inquiry.created),
  updated: iso(inquiry.updated),
});
