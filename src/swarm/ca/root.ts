import type { TLSInfo } from '../../api';
import type { Random } from '../../sim';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The DER name `CN=swarm-ca`, as every swarm's root has it. */
const issuerSubject = 'MBMxETAPBgNVBAMTCHN3YXJtLWNh';

/** How a P-256 public key begins in DER, in base64; 64 bytes of the point follow. */
const publicKeyHead = 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE';

/** How a swarm's root certificate begins: version, a serial number, the signature's algorithm. */
const certificateHead = 'MIIBajCCARCgAwIBAgIU';

/** `bytes` random bytes in base64, padded with `=` where their number asks for it. */
export function randomBase64(random: Random, bytes: number): string {
  const digits = Math.ceil((bytes * 8) / 6);
  let text = '';
  for (let index = 0; index < digits; index++) {
    // The last digit has only the bits that are left.
    const spare = index === digits - 1 ? digits * 6 - bytes * 8 : 0;
    text += alphabet[(random.integer(0, 63) >> spare) << spare]!;
  }
  return text + '='.repeat((4 - (digits % 4)) % 4);
}

/**
 * A root of trust in the shape of a real one: a PEM text, issuer and public key. There is no cryptography behind it;
 * only the text counts, for its digest is in the join tokens (CTRL-40).
 */
export function newTrustRoot(random: Random): Required<TLSInfo> {
  const body = `${certificateHead}${randomBase64(random, 351)}`;
  const lines = body.match(/.{1,64}/g)!.join('\n');
  return {
    TrustRoot: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    CertIssuerSubject: issuerSubject,
    CertIssuerPublicKey: `${publicKeyHead}${randomBase64(random, 64)}`,
  };
}
