import { SignJWT } from 'jose';
import { hashPassword, verifyPassword } from './passwords.js';
import { SecretBox, SecretBoxError } from './secret-box.js';
import { TokenSigner } from './tokens.js';

describe('TokenSigner', () => {
  const signer = new TokenSigner('a secret that is long enough for HS256');
  const request = { identityId: 7, login: 'ada', type: 'access', lifetimeSeconds: 60 } as const;

  it('reads back what it signed', async () => {
    const token = await signer.sign({ ...request, scope: 'execution', metadata: { execution_id: 3 } });
    expect(await signer.verify(token)).toMatchObject({
      type: 'valid',
      claims: { sub: '7', login: 'ada', token_type: 'access', scope: 'execution', metadata: { execution_id: 3 } },
    });
  });

  it('refuses a token of another key, an altered one and plain text', async () => {
    const foreign = await new TokenSigner('another secret that is long enough!!').sign(request);
    const [header, , signature] = (await signer.sign(request)).split('.');
    const forged = [
      header,
      Buffer.from('{"sub":"1","login":"root","token_type":"access"}').toString('base64url'),
      signature,
    ];
    for (const token of [foreign, forged.join('.'), 'text', '']) {
      expect(await signer.verify(token)).toEqual({ type: 'invalid' });
    }
  });

  it('refuses what was made for or by somebody else with the same secret, and other algorithms', async () => {
    const key = new TextEncoder().encode('a secret that is long enough for HS256');
    const claims = { login: 'ada', token_type: 'access' };
    const by = (more: object, alg = 'HS256') =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg })
        .setSubject('7')
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(key);
    expect(await signer.verify(await by({}))).toMatchObject({ type: 'valid' });
    for (const token of [await by({ aud: 'another' }), await by({ iss: 'another' }), await by({}, 'HS512')]) {
      expect(await signer.verify(token)).toEqual({ type: 'invalid' });
    }
  });

  it('carries the session version of refresh tokens', async () => {
    const token = await signer.sign({ ...request, type: 'refresh', sessionVersion: 3 });
    expect(await signer.verify(token)).toMatchObject({ claims: { session_version: 3 } });
  });

  it('refuses an unsigned token', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ sub: '1', login: 'root', token_type: 'access', iat: 1, exp: 9e9 })}.`;
    expect(await signer.verify(token)).toEqual({ type: 'invalid' });
  });

  it('tells an expired token from a bad one', async () => {
    expect(await signer.verify(await signer.sign({ ...request, lifetimeSeconds: -61 }))).toEqual({ type: 'expired' });
  });
});

describe('passwords', () => {
  it('accepts the right one only', async () => {
    const stored = await hashPassword('correct horse');
    expect(stored).toMatch(/^\$argon2id\$/);
    expect(await verifyPassword(stored, 'correct horse')).toBe(true);
    expect(await verifyPassword(stored, 'wrong horse')).toBe(false);
  });

  it('never accepts one for an identity without a usable hash', async () => {
    expect(await verifyPassword(null, 'no password is this one')).toBe(false);
    expect(await verifyPassword('not a hash', 'x')).toBe(false);
  });
});

describe('SecretBox', () => {
  const box = new SecretBox('0123456789abcdef0123456789abcdef');

  it('gives equal texts equal fingerprints, others with another key', () => {
    const one = new SecretBox('an encryption key of at least 32 characters');
    const other = new SecretBox('another encryption key of 32 characters');
    expect(one.fingerprint('1234')).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(one.fingerprint('1234')).toBe(one.fingerprint('1234'));
    expect(new Set([one.fingerprint('1234'), one.fingerprint('1235'), other.fingerprint('1234')]).size).toBe(3);
  });

  it('opens what it sealed, never twice the same text', () => {
    const value = { user: 'ada', tokens: [1, null, 'ü'] };
    expect(box.open(box.seal(value))).toEqual(value);
    expect(box.seal(value)).not.toBe(box.seal(value));
  });

  it('opens with previous keys and seals with the current one', () => {
    const old = box.seal({ big: 1 });
    const rotated = new SecretBox('a new key of at least 32 characters!', [
      'some key before that, long gone....',
      '0123456789abcdef0123456789abcdef',
    ]);
    expect(rotated.open(old)).toEqual({ big: 1 });
    const renewed = rotated.reseal(old) ?? '';
    expect(rotated.reseal(renewed)).toBeNull();
    expect(new SecretBox('a new key of at least 32 characters!').open(renewed)).toEqual({ big: 1 });
    expect(() => box.open(renewed)).toThrow(SecretBoxError);
    expect(() => rotated.reseal('nonsense')).toThrow(SecretBoxError);
  });

  it('refuses another key and altered text', () => {
    const stored = box.seal('secret');
    const altered = Buffer.from(stored, 'base64');
    altered[14] = (altered[14] ?? 0) ^ 1;
    expect(() => new SecretBox('another key, another key, another').open(stored)).toThrow(SecretBoxError);
    expect(() => box.open(altered.toString('base64'))).toThrow(SecretBoxError);
    expect(() => box.open('')).toThrow(SecretBoxError);
  });

  it('does not show the key in its hash', () => {
    expect(box.keyHash).toMatch(/^[0-9a-f]{64}$/);
    expect(box.keyHash).not.toBe(Buffer.from((box as unknown as { key: Buffer }).key).toString('hex'));
  });
});
