import { REDACTED_SECRET, type JsonObject } from '@attune/engine';
import { SecretBox } from './secret-box.js';
import { hideValues, keepSealed, openValues, resealValues, sealedPointers, sealValues } from './sealed-values.js';

const box = new SecretBox('an encryption key of at least 32 characters');
const schema = {
  url: { type: 'string' },
  password: { type: 'string', secret: true },
  db: { type: 'object', properties: { token: { secret: true } } },
  accounts: { type: 'array', items: { properties: { pin: { secret: true } } } },
};
const plain: JsonObject = {
  url: 'https://x',
  password: 'hunter2',
  db: { user: 'ada', token: { a: [1, 90_071_992_547_409_930n] } },
  accounts: [{ pin: 1234 }, { pin: null }],
};

describe('sealed values', () => {
  const sealed = sealValues(box, schema, plain);

  it('hide what is secret, at any depth, and give it back', () => {
    expect(sealedPointers(sealed)).toEqual(['/password', '/db/token', '/accounts/0/pin']);
    expect(JSON.stringify(sealed)).not.toMatch(/hunter2|1234|90071/);
    expect(openValues(box, sealed)).toEqual(plain);
    expect(hideValues(sealed)).toEqual({
      url: 'https://x',
      password: REDACTED_SECRET,
      db: { user: 'ada', token: REDACTED_SECRET },
      accounts: [{ pin: REDACTED_SECRET }, { pin: null }],
    });
  });

  it('stay sealed when they are sealed again, or the schema calls them secret no more', () => {
    expect(sealValues(box, schema, sealed)).toEqual(sealed);
    expect(sealValues(box, {}, sealed)).toEqual(sealed);
  });

  it('are kept where what was shown is sent back', () => {
    const sent = { ...hideValues(sealed), url: 'https://y' };
    expect(keepSealed(sent, sealed)).toEqual({ ...sealed, url: 'https://y' });
    expect(openValues(box, keepSealed({ password: REDACTED_SECRET }, sealed))).toEqual({ password: 'hunter2' });
  });

  it.each<[string, JsonObject]>([
    ['nowhere else', { url: REDACTED_SECRET }],
    ['not moved into a list', { accounts: [{}, { pin: REDACTED_SECRET }] }],
    ['not brought along', { url: { ...(sealed['password'] as JsonObject) } }],
    ['not invented', { other: { $attune_secret: true, sealed: 'x' } }],
  ])('are %s', (_case, given) => {
    expect(() => keepSealed(given, sealed)).toThrow(/stands for a secret, and none is stored there/);
  });

  it('move to another key', () => {
    const next = new SecretBox('the next encryption key of 32 characters', [
      'an encryption key of at least 32 characters',
    ]);
    const moved = resealValues(next, sealed)!;
    expect(openValues(new SecretBox('the next encryption key of 32 characters'), moved)).toEqual(plain);
    expect(resealValues(next, moved)).toBeNull();
    expect(resealValues(next, { url: 'x' })).toBeNull();
  });
});
