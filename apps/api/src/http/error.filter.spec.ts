import { type ArgumentsHost } from '@nestjs/common';
import Fastify from 'fastify';
import { pino } from 'pino';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { ErrorFilter } from './error.filter.js';
import { RouteTable } from './route-table.js';

describe('the error filter', () => {
  const linesFor = async (error: unknown): Promise<Record<string, unknown>[]> => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    // No request here has an operation, so nothing is noted.
    const filter = new ErrorFilter(logger, new RouteTable(), Object.create(AuditTrail.prototype) as AuditTrail);
    const fastify = Fastify();
    fastify.decorateRequest('exchange', null);
    fastify.get('/things/:key', (request, reply) => {
      const http = { getRequest: () => request, getResponse: () => reply };
      filter.catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
      return reply;
    });
    await fastify.inject('/things/secret');
    await fastify.close();
    return lines;
  };

  it('warns of a database that is away in one line, without a stack', async () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const [line, ...more] = await linesFor(error);
    expect(more).toEqual([]);
    expect(line).toMatchObject({ level: 40, status: 503, path: '/things/:key', reason: 'connect ECONNREFUSED' });
    expect(JSON.stringify(line)).not.toMatch(/ at |secret/);
  });

  it('tells everything of a bug', async () => {
    const [line] = await linesFor(new TypeError('x is not a function'));
    expect(line).toMatchObject({ level: 50, status: 500, err: { stack: expect.stringMatching(/ at /) as string } });
  });
});
