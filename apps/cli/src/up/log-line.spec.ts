import { consoleLine, lastWords } from './log-line.js';

describe('consoleLine', () => {
  it.each([
    ['{"level":30,"msg":"ready"}', null],
    ['{"level":40,"msg":"slow"}', 'warning  api  slow'],
    ['{"level":50,"msg":"failed","err":{"message":"no way"}}', 'error  api  failed: no way'],
    ['{"level":60,"msg":"cannot start"}', 'error  api  cannot start'],
    ['{broken', null],
    ['(node:1) Warning: something', null],
  ])('%s → %s', (line, shown) => {
    expect(consoleLine('api', line)).toBe(shown);
  });
});

describe('lastWords', () => {
  it('finds the sentence between the noise', () => {
    expect(
      lastWords('api', ['{"level":30,"msg":"starting"}', 'attune api: port 8080 is in use', '', 'Node.js v24.0.0']),
    ).toBe('port 8080 is in use');
    expect(lastWords('api', ['{"level":60,"msg":"cannot start","err":{"message":"no disk"}}'])).toBe('no disk');
    expect(lastWords('api', ['Error: broken', '    at main.ts:1'])).toBe('Error: broken');
    expect(lastWords('api', ['{"level":30,"msg":"starting"}'])).toBe('');
  });
});
