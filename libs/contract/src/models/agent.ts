import { z } from 'zod';
import { response } from '../define.js';
import { bool, list, text, uint64 } from '../fields.js';

export const AgentArchInfo = response('AgentArchInfo', {
  arch: z.enum(['x86_64', 'aarch64']),
  size_bytes: uint64(),
  available: bool(),
});
export type AgentArchInfo = z.output<typeof AgentArchInfo>;

export const AgentBinaryInfo = response('AgentBinaryInfo', {
  architectures: list(AgentArchInfo),
  version: text(),
});
export type AgentBinaryInfo = z.output<typeof AgentBinaryInfo>;

export const AgentErrorResponse = response('AgentErrorResponse', {
  error: text(),
  message: text(),
});
export type AgentErrorResponse = z.output<typeof AgentErrorResponse>;
