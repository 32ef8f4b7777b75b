import { operations } from '@attune/contract';
import fc from 'fast-check';
import { parseJsonBody } from './json-body.js';

const read = (text: string) => parseJsonBody(text, operations.createPack);

describe('parseJsonBody', () => {
  it('reads what JSON.parse reads, where no digit is lost', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}/.test(text)); // large whole numbers are below
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        const text = `{"a":[${JSON.stringify(value)}]}`;
        fc.pre(!Number.isInteger(value) || Number.isSafeInteger(value));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '9007199254740991',
    '-9007199254740991',
    '1.50',
    '100e-2',
    '1E+2',
    '0.000000000000000000',
    '-0.0',
    '1e21',
    '123456789012.3450',
  ])('takes %s', (number) =>
    expect(read(`[${number}, "2024-01-01T00:00:00.000000000Z"]`)).toEqual(
      JSON.parse(`[${number}, "2024-01-01T00:00:00.000000000Z"]`),
    ),
  );

  it.each([
    '9007199254740992',
    '-9007199254740993',
    '18446744073709551615',
    '0.12345678901234567890',
    '1.00000000000000000001',
    '1e400',
    '1e-400',
  ])('refuses %s, and says where it is', (number) => {
    const attempt = () => read(`{"label":"x","meta":{"list":[1,{"n":${number}}]}}`);
    expect(attempt).toThrow(`meta.list.1.n: ${number} has more digits than are kept; send it as text`);
    expect(() => read(number)).toThrow(`The body: ${number}`);
  });

  it('keeps large whole numbers where they go on to rules and actions', () => {
    const text = '{"payload":{"n":18446744073709551615,"m":-9007199254740993}}';
    const kept = { payload: { n: 18446744073709551615n, m: -9007199254740993n } };
    expect(parseJsonBody(text, operations.createEvent)).toEqual(kept);
    expect(() => parseJsonBody('{"payload":0.12345678901234567890}', operations.createEvent)).toThrow('payload: 0.123');
  });

  it('is not misled by keys', () => {
    const text = '{"__proto__":{"n":1},"constructor":12345678901234567890}';
    expect(() => read(text)).toThrow('constructor: 12345678901234567890');
  });

  it('refuses what is no JSON', () => {
    expect(() => read('{"a":1234567890123456789')).toThrow(SyntaxError);
  });

  it('takes no longer for a number of a million digits than for any other text', () => {
    const number = `0.1${'0'.repeat(1_000_000)}1`;
    expect(() => read(number)).toThrow('has more digits than are kept');
  });
});
