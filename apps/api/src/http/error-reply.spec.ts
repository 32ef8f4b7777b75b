import { DomainError, type ErrorCode, TransientError } from '@attune/common';
import { operations } from '@attune/contract';
import { HttpException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { errorReply } from './error-reply.js';
import { TokenRejected, UnreadableRequest } from './rejections.js';

const failed = (code: string, more: object = {}) =>
  new QueryFailedError('select secret', [], Object.assign(new Error(`secret of ${code}`), { code, ...more }));

describe('errorReply', () => {
  const reply = (error: unknown) => errorReply(error, operations.listRules);

  it.each<[ErrorCode, number, string]>([
    ['rule.bad_request', 400, 'BAD_REQUEST'],
    ['auth.unauthenticated', 401, 'UNAUTHORIZED'],
    ['permission.forbidden', 403, 'FORBIDDEN'],
    ['rule.not_found', 404, 'NOT_FOUND'],
    ['rule.conflict', 409, 'CONFLICT'],
    ['rule.invalid', 422, 'VALIDATION_ERROR'],
    ['rule.unprocessable', 422, 'UNPROCESSABLE_ENTITY'],
    ['webhook.rate_limited', 429, 'TOO_MANY_REQUESTS'],
    ['request.not_implemented', 501, 'NOT_IMPLEMENTED'],
  ])('tells what is foreseen: %s', (problem, status, code) => {
    expect(reply(new DomainError(problem, 'why'))).toEqual({ status, json: { error: 'why', code } });
  });

  it.each([
    ['a unique violation', failed('23505', { constraint: 'rule_ref_key' }), 409, 'CONFLICT', /rule_ref_key/],
    [
      'a foreign key violation',
      failed('23503', { constraint: 'rule_pack_fkey' }),
      422,
      'UNPROCESSABLE_ENTITY',
      /rule_pack_fkey/,
    ],
    [
      'a check violation',
      failed('23514', { constraint: 'rule_ref_check' }),
      422,
      'UNPROCESSABLE_ENTITY',
      /rule_ref_check/,
    ],
    ['a value nobody can store', failed('22P05'), 422, 'UNPROCESSABLE_ENTITY', /cannot be stored/],
  ])('explains %s', (_case, error, status, code, message) => {
    const { json, isOurFault } = reply(error);
    expect(json).toMatchObject({ code, error: expect.stringMatching(message) as string });
    expect([reply(error).status, isOurFault]).toEqual([status, undefined]);
  });

  it.each([
    [
      'a refused connection',
      Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED' }),
      503,
      'DATABASE_ERROR',
    ],
    ['a shutdown', failed('57P01'), 503, 'DATABASE_ERROR'],
    ['a lost race', new TransientError('secret'), 503, 'DATABASE_ERROR'],
    ['a broken statement', failed('42601'), 500, 'DATABASE_ERROR'],
    ['a bug', new TypeError('secret is not a function'), 500, 'INTERNAL_SERVER_ERROR'],
    ['anything thrown', 'secret', 500, 'INTERNAL_SERVER_ERROR'],
  ])('keeps %s to itself', (_case, error, status, code) => {
    const answer = reply(error);
    expect(answer).toMatchObject({ status, json: { code } });
    // Nobody has to look at a database that is away, other than at the database.
    expect([answer.isOurFault, answer.isUnavailable]).toEqual(status === 503 ? [undefined, true] : [true, undefined]);
    expect(JSON.stringify(answer.json)).not.toMatch(/secret|10\.0\.0\.1/);
  });

  it('answers requests it cannot read in plain text, and unknown paths with nothing', () => {
    expect(reply(new UnreadableRequest(415, 'why'))).toEqual({ status: 415, text: 'why' });
    expect(reply(new HttpException('Body is too large', 413))).toEqual({ status: 413, text: 'Body is too large' });
    expect(reply(new HttpException('Cannot GET /x', 404))).toEqual({ status: 404 });
    expect(reply(new HttpException({ status: 'error' }, 503))).toEqual({ status: 503, json: { status: 'error' } });
  });

  it('has two ways to say that there is no token', () => {
    const error = new TokenRejected('why');
    expect(reply(error)).toEqual({ status: 401, json: { error: { code: 401, message: 'why' } } });
    expect(errorReply(error, operations.getCurrentUser)).toEqual({
      status: 401,
      json: { error: 'why', code: 'UNAUTHORIZED' },
    });
  });
});
