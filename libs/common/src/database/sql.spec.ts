import { allOf, anyOf, json, sql } from './sql.js';

describe('sql', () => {
  it('turns every value into a parameter, in order', () => {
    expect(sql`select ${1} as a, ${'x; drop table'} as b`.compile()).toEqual({
      text: 'select $1 as a, $2 as b',
      values: [1, 'x; drop table'],
    });
  });

  it('splices fragments and renumbers their parameters', () => {
    const condition = sql`e.id = ${7} and e.status = ${'running'}`;
    expect(sql`select ${'first'} where ${condition} limit ${10}`.compile()).toEqual({
      text: 'select $1 where e.id = $2 and e.status = $3 limit $4',
      values: ['first', 7, 'running', 10],
    });
  });

  it('can be compiled more than once', () => {
    const statement = sql`select ${1}`;
    expect(statement.compile()).toEqual(statement.compile());
  });

  it('joins conditions, and means "no condition" when there are none', () => {
    expect(allOf([sql`a = ${1}`, sql`b = ${2}`, sql`c`]).compile()).toEqual({
      text: 'a = $1 and b = $2 and c',
      values: [1, 2],
    });
    expect(allOf([]).compile()).toEqual({ text: 'true', values: [] });
    expect(allOf([anyOf([sql`a = ${1}`, sql`b`]), sql`c = ${2}`]).compile()).toEqual({
      text: '(a = $1 or b) and c = $2',
      values: [1, 2],
    });
    expect(anyOf([]).compile()).toEqual({ text: 'false', values: [] });
  });

  it('names parameters as somebody else wants them', () => {
    const { text } = sql`a = ${1} and ${sql`b = ${2}`}`.compile((number) => `:value${number}`);
    expect(text).toBe('a = :value1 and b = :value2');
  });
});

describe('json', () => {
  it('keeps arrays and scalars as JSON text and null as SQL null', () => {
    expect([json([1]), json('a'), json(null), json(undefined), json(false)]).toEqual([
      '[1]',
      '"a"',
      null,
      null,
      'false',
    ]);
  });
});
