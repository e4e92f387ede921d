import { generateKeyPairSync, sign } from 'node:crypto';

/** The few shapes of DER (X.690) that a certificate is made of. */
const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Buffer): Buffer => der(0x04, content);
const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);
const time = (text: string): Buffer => der(0x18, Buffer.from(text));

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const name = (common: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(common)))));
const extensions = (wrongName: string | undefined): Buffer => {
  const own = [der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))];
  const altNames = sequence(...(wrongName === undefined ? own : [der(0x82, Buffer.from(wrongName))]));
  const authority = sequence(der(0x01, Buffer.from([255])));
  return der(0xa3, sequence(sequence(oid('551d11'), octets(altNames)), sequence(oid('551d13'), octets(authority))));
};

/** What is wrong with a certificate: whose name it has instead, or when it ended. */
export interface Flaws {
  readonly wrongName?: string;
  /** Such as `20200102000000Z`. */
  readonly until?: string;
}

/** A key and a certificate (RFC 5280) signed by itself, for 127.0.0.1 and localhost, good until 9999: made anew each time. */
export function selfSigned({ wrongName, until = '99991231235959Z' }: Flaws = {}): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = name('nestjs-docspace-auth test');
  const content = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    subject,
    sequence(time('20200101000000Z'), time(until)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(wrongName),
  );
  const certificate = sequence(content, ECDSA_WITH_SHA256, bits(sign('sha256', content, privateKey)));
  const lines = (certificate.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
