import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A certificate and its key as PEM, for servers on the loopback. */
export interface TestCertificate { cert: string; key: string }

/** DER (ITU-T X.690): tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length < 128 ? [content.length] : content.length < 256 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));
const ED25519 = sequence(oid(0x2b, 0x65, 0x70));
const commonName = (name: string): Buffer => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))));
/** GeneralizedTime (RFC 5280, 4.1.2.5.2). */
const time = (date: Date): Buffer => der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

export interface TestAuthority { cert: string; issue: (name: string, validity?: { from: Date; to: Date }) => TestCertificate; selfSigned: (name: string) => TestCertificate }

const YEAR_MS = 31_557_600_000;
const valid = (): { from: Date; to: Date } => ({ from: new Date(Date.now() - YEAR_MS), to: new Date(Date.now() + YEAR_MS) });

/** An authority of one test run that signs certificates (RFC 5280, Ed25519 by RFC 8410) for names; nothing trusts it by itself. */
export function testAuthority(): TestAuthority {
  let serial = 1;
  const make = (subject: string, publicKey: KeyObject, issuer: string, issuerKey: KeyObject, validity: { from: Date; to: Date }, isAuthority: boolean): string => {
    const extension = isAuthority
      ? sequence(oid(0x55, 0x1d, 0x13), der(0x01, Buffer.from([255])), der(0x04, sequence(der(0x01, Buffer.from([255])))))
      : sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(der(0x82, Buffer.from(subject)))));
    const body = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([serial++])), ED25519, commonName(issuer), sequence(time(validity.from), time(validity.to)), commonName(subject),
      publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(extension)),
    );
    const whole = sequence(body, ED25519, der(0x03, Buffer.from([0]), sign(null, body, issuerKey)));
    return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  };
  const root = generateKeyPairSync('ed25519');
  const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    cert: make('Test Authority', root.publicKey, 'Test Authority', root.privateKey, valid(), true),
    issue: (name, validity = valid()) => {
      const pair = generateKeyPairSync('ed25519');
      return { cert: make(name, pair.publicKey, 'Test Authority', root.privateKey, validity, false), key: pem(pair.privateKey) };
    },
    selfSigned: (name) => {
      const pair = generateKeyPairSync('ed25519');
      return { cert: make(name, pair.publicKey, name, pair.privateKey, valid(), false), key: pem(pair.privateKey) };
    },
  };
}
