import { unexpectedLogLines } from './unexpected-log-lines.js';

const line = (fields: Record<string, unknown>) => JSON.stringify({ level: 40, service: 'worker', msg: 'm', ...fields });

describe('unexpectedLogLines', () => {
  it.each([
    ['what a service does', line({ level: 30 })],
    ['a warning in words', line({ msg: 'worker is silent; it counts as dead' })],
    ['a lost connection by its code', line({ err: { code: '57P01', message: 'x', stack: 'Error: x\n at y' } })],
    ['a lost connection by its text', line({ level: 50, err: { message: 'Connection terminated unexpectedly' } })],
    ['a lost connection below another error', line({ err: { message: 'no', cause: { code: 'ECONNREFUSED' } } })],
    ['a start without a database', 'attune executor: cannot reach the database at 127.0.0.1:1/attune: ECONNREFUSED'],
    ['an empty line', '  '],
  ])('passes over %s', (_, text) => {
    expect(unexpectedLogLines(`${text}\n`)).toEqual([]);
  });

  it.each([
    ['an error', line({ level: 50 })],
    ['a warning with a stack', line({ err: { message: 'undefined is not a function', stack: 'TypeError' } })],
    ['a constraint that was hurt', line({ err: { code: '23505', message: 'duplicate key' } })],
    ['what Node prints before it ends', '    at process.processTicksAndRejections (node:internal)'],
  ])('gives %s', (_, text) => {
    expect(unexpectedLogLines(`${line({ level: 30 })}\n${text}\n`)).toEqual([text]);
  });
});
