import { QueryFailedError } from 'typeorm';
import { loggableError } from './loggable-error.js';

describe('loggableError', () => {
  it('names the statement and the rule it broke, but no value', () => {
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'identity_login_key',
      detail: 'Key (login)=(hunter2) already exists.',
    });
    const error = new QueryFailedError('insert into identity (login) values ($1)', ['hunter2'], cause);
    const written = JSON.stringify(loggableError(error));
    expect(written).toContain('insert into identity');
    expect(written).toContain('identity_login_key');
    expect(written).not.toContain('hunter2');
  });

  it('leaves other errors as they are', () => {
    const error = new TypeError('x');
    expect(loggableError(error)).toBe(error);
  });
});
