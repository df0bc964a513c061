/** Why a connection failed, for people: Node's code, and whether the other side's TLS was at fault. */

/** Codes of OpenSSL's certificate checks and of Node's own (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const TLS_FAULT =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO$)/;

/** `ECONNREFUSED`; `TLS: CERT_HAS_EXPIRED`; the message where there is no code. */
export function networkReason(error: Error): string {
  const code = codeOf(error);
  if (code === undefined) return error.message || error.name;
  return TLS_FAULT.test(code) ? `TLS: ${code}` : code;
}

/** Was the connection there, and its TLS at fault? */
export function isTlsFault(error: Error): boolean {
  return TLS_FAULT.test(codeOf(error) ?? '');
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
