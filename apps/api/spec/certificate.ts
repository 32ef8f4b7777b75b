import { generateKeyPairSync, sign } from 'node:crypto';

/** PEM texts of a key and of a certificate that it signed itself. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Object identifiers in DER, without tag and length. */
const OID = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  subjectAltName: '551d11',
} as const;

/** A certificate for these names and IPv4 addresses, good for an hour either way. */
export function selfSigned({
  names = [],
  ips = [],
}: {
  names?: readonly string[];
  ips?: readonly string[];
}): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const name = sequence(der(0x31, sequence(oid(OID.commonName), der(0x0c, Buffer.from('attune test')))));
  const hours = (offset: number) => der(0x17, Buffer.from(utcTime(Date.now() + offset * 3_600_000)));
  const alternatives = [
    ...names.map((one) => der(0x82, Buffer.from(one))),
    ...ips.map((one) => der(0x87, Buffer.from(one.split('.').map(Number)))),
  ];
  const extension = sequence(oid(OID.subjectAltName), der(0x04, sequence(...alternatives)));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(hours(-1), hours(1)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const certificate = sequence(body, algorithm, bits(sign('sha256', body, privateKey)));
  const base64 = certificate.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...header]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);
const utcTime = (time: number): string => `${new Date(time).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`;
