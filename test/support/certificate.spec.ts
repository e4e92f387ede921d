import { X509Certificate } from 'node:crypto';
import { selfSigned } from './certificate.js';

describe('a self-signed certificate', () => {
  it('is one that Node reads, signed by itself, for the loopback address', () => {
    const certificate = new X509Certificate(selfSigned().cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.ca).toBe(true);
    expect(new Date(certificate.validTo).getUTCFullYear()).toBe(9999);
  });

  it('is another each time', () => {
    expect(selfSigned().cert).not.toBe(selfSigned().cert);
  });
});
