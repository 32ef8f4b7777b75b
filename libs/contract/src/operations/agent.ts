import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { AgentBinaryInfo, AgentErrorResponse } from '../models/agent.js';

export const agentOperations = {
  getAgentInfo: defineOperation({
    operationId: 'getAgentInfo',
    method: 'GET',
    path: '/api/v1/agent/info',
    summary: 'Says which agent binaries there are',
    auth: 'none',
    permission: null,
    success: { status: 200, shape: 'raw', model: AgentBinaryInfo },
    errors: [503],
    errorModel: AgentErrorResponse,
  }),
  downloadAgentBinary: defineOperation({
    operationId: 'downloadAgentBinary',
    method: 'GET',
    path: '/api/v1/agent/binary',
    summary: 'Downloads an agent binary',
    auth: 'agent-bootstrap-token',
    permission: null,
    query: {
      arch: z.enum(['x86_64', 'aarch64', 'arm64']).default('x86_64'),
    },
    success: { status: 200, shape: 'binary' },
    errors: [400, 401, 404, 500, 503],
    errorModel: AgentErrorResponse,
  }),
} as const;
