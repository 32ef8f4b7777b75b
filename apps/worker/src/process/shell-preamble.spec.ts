import { shellPreamble } from './shell-preamble.js';

describe('shellPreamble', () => {
  it('defines every parameter under its prefixed and its own name', () => {
    expect(shellPreamble({ name: "it's", list: [1], none: null }, {})).toBe(
      [
        String.raw`PARAM_NAME='it'\''s'`,
        String.raw`name='it'\''s'`,
        `PARAM_LIST='[1]'`,
        `list='[1]'`,
        `PARAM_NONE=''`,
        `none=''`,
        '',
      ].join('\n'),
    );
  });

  it('skips what is no shell identifier', () => {
    expect(shellPreamble({ 'my-name': 1, '1st': 1, 'x;rm': 1, 'a b': 1 }, {})).toBe('');
  });

  it('does not put a value into a variable that children inherit', () => {
    expect(shellPreamble({ PATH: '/x', UID: '0', IFS: ',' }, { PATH: '/bin', PARAM_UID: 'old' })).toBe(
      `PARAM_PATH='/x'\nunset -v PARAM_UID\nPARAM_UID='0'\nPARAM_IFS=','\n`,
    );
  });

  it('is empty without parameters', () => {
    expect(shellPreamble({}, {})).toBe('');
  });
});
