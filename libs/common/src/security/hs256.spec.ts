import { createHmac } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { TokenSigner } from './tokens.js';

const SECRET = 'a secret that is long enough for HS256';
const seconds = (fromNow: number): number => Math.floor(Date.now() / 1000) + fromNow;
const encode = (text: string): string => Buffer.from(text).toString('base64url');
const mac = (text: string, algorithm = 'sha256', secret = SECRET): string =>
  createHmac(algorithm, secret).update(text).digest('base64url');

const HEADER = '{"alg":"HS256","typ":"JWT"}';

/** A token whose signature is right for whatever stands in it. */
function signed(payload: object | string, header = HEADER): string {
  const text = `${encode(header)}.${encode(typeof payload === 'string' ? payload : JSON.stringify(payload))}`;
  return `${text}.${mac(text)}`;
}

describe('tokens from everywhere', () => {
  const signer = new TokenSigner(SECRET);
  const claims = { sub: '7', login: 'ada', token_type: 'access', iat: seconds(0), exp: seconds(60) };
  const good = signed(claims);
  const [header = '', payload = '', signature = ''] = good.split('.');

  it('are what another implementation takes and makes', async () => {
    const key = new TextEncoder().encode(SECRET);
    const other = await new SignJWT({ login: 'ada', token_type: 'access' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('7')
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(key);
    expect(signer.verify(other)).toMatchObject({ type: 'valid', claims: { sub: '7' } });
    const ours = await signer.sign({ identityId: 7, login: 'ada', type: 'access', lifetimeSeconds: 60 });
    expect((await jwtVerify(ours, key)).payload).toMatchObject({ sub: '7', login: 'ada' });
    expect(signer.verify(good)).toEqual({ type: 'valid', claims });
  });

  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  /** The same bytes: the last letter of 32 bytes has two bits that mean nothing. */
  const respelled = signature.slice(0, -1) + (alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1] ?? '');

  it.each([
    ['nothing', ''],
    ['no dots', 'text'],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${good}.`],
    ['five parts', `${good}.a.b`],
    ['no signature', `${header}.${payload}.`],
    ['half a signature', good.slice(0, -20)],
    ['a letter less', good.slice(0, -1)],
    ['a letter more', `${good}A`],
    ['padding', `${good}=`],
    ['a line end', `${good}\n`],
    ['another spelling of the signature', `${header}.${payload}.${respelled}`],
    ['a signature in hexadecimal', `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('hex')}`],
    ['a signature with letters of several bytes', `${header}.${payload}.${'ü'.repeat(43)}`],
    ['the claims of somebody else', `${header}.${encode(JSON.stringify({ ...claims, sub: '1' }))}.${signature}`],
    ['another secret', `${header}.${payload}.${mac(`${header}.${payload}`, 'sha256', `${SECRET}!`)}`],
    ['another hash under the right name', `${header}.${payload}.${mac(`${header}.${payload}`, 'sha512')}`],
    ['no algorithm', signed(claims, '{"typ":"JWT"}')],
    ['the algorithm none', signed(claims, '{"alg":"none"}')],
    ['the algorithm None, unsigned', `${encode('{"alg":"None"}')}.${payload}.`],
    ['an algorithm in small letters', signed(claims, '{"alg":"hs256"}')],
    ['HS512', signed(claims, '{"alg":"HS512"}')],
    ['RS256', signed(claims, '{"alg":"RS256"}')],
    ['a list of algorithms', signed(claims, '{"alg":["HS256"]}')],
    ['an extension we do not know', signed(claims, '{"alg":"HS256","crit":["b64"],"b64":false}')],
    ['a header that is no JSON', signed(claims, 'HS256')],
    ['a header that is a list', signed(claims, '["HS256"]')],
    ['a header that is null', signed(claims, 'null')],
    ['claims that are no JSON', signed('{"sub":"7"')],
    ['claims that are a list', signed('[]')],
    ['claims that are null', signed('null')],
    ['claims with characters that are no base64url', spoiled()],
    ['no end', signed({ ...claims, exp: undefined })],
    ['an end that is text', signed({ ...claims, exp: String(seconds(60)) })],
    ['an end beyond all numbers', signed(JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999'))],
    ['a beginning that is text', signed({ ...claims, nbf: '0' })],
    ['a beginning far ahead', signed({ ...claims, nbf: seconds(120) })],
    ['a subject that is a number', signed({ ...claims, sub: 7 })],
    ['a subject that is no id', signed({ ...claims, sub: '7 or 1' })],
    ['an unknown type', signed({ ...claims, token_type: 'root' })],
  ])('are refused with %s', (_case, token) => {
    expect(signer.verify(token)).toEqual({ type: 'invalid' });
  });

  /** Signed as it is, with padding that a decoder would overlook. */
  function spoiled(): string {
    const text = `${encode(HEADER)}.${encode(JSON.stringify(claims))}==`;
    return `${text}.${mac(text)}`;
  }

  it.each([
    ['began a moment ahead', { nbf: seconds(50) }, 'valid'],
    ['began long ago', { nbf: 0 }, 'valid'],
    ['ended a moment ago', { exp: seconds(-50) }, 'valid'],
    ['ended a minute ago', { exp: seconds(-61) }, 'expired'],
    ['ended long ago', { exp: 0 }, 'expired'],
  ])('that %s are judged with leeway', (_case, more, type) => {
    expect(signer.verify(signed({ ...claims, ...more })).type).toBe(type);
  });
});
