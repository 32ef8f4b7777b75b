import { type z } from 'zod';
import { enumeration, request, response } from '../define.js';
import { bool, int64, json, optional, text, timestamp } from '../fields.js';

export const InquiryStatus = enumeration('InquiryStatus', ['pending', 'responded', 'timeout', 'cancelled']);
export type InquiryStatus = z.output<typeof InquiryStatus>;

export const InquirySummary = response('InquirySummary', {
  id: int64(),
  execution: int64(),
  prompt: text(),
  assigned_to: int64().nullable(),
  status: InquiryStatus,
  has_response: bool(),
  timeout_at: timestamp().nullable(),
  created: timestamp(),
});
export type InquirySummary = z.output<typeof InquirySummary>;

/** A question with its answer. */
export const InquiryResponse = response('InquiryResponse', {
  id: int64(),
  execution: int64(),
  prompt: text(),
  response_schema: json().nullable(),
  assigned_to: int64().nullable(),
  status: InquiryStatus,
  response: json().nullable(),
  timeout_at: timestamp().nullable(),
  responded_at: timestamp().nullable(),
  created: timestamp(),
  updated: timestamp(),
});
export type InquiryResponse = z.output<typeof InquiryResponse>;

/** Nobody assigned: whoever may respond. */
export const CreateInquiryRequest = request('CreateInquiryRequest', {
  execution: int64(),
  prompt: text({ min: 1, max: 10000 }),
  response_schema: optional(json()),
  assigned_to: optional(int64()),
  timeout_at: optional(timestamp()),
});
export type CreateInquiryRequest = z.output<typeof CreateInquiryRequest>;

/** Absent and null keep what is stored. */
export const UpdateInquiryRequest = request('UpdateInquiryRequest', {
  status: optional(InquiryStatus),
  response: optional(json()),
  assigned_to: optional(int64()),
});
export type UpdateInquiryRequest = z.output<typeof UpdateInquiryRequest>;

/** Checked against the schema of the question. */
export const InquiryRespondRequest = request('InquiryRespondRequest', {
  response: json().nullable(),
});
export type InquiryRespondRequest = z.output<typeof InquiryRespondRequest>;
