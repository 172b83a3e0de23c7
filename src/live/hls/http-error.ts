import { PRIVATE_ADDRESS } from '../../core/addresses/public-address'
import { RxGstError, type ErrorCode } from '../../core/errors'

const CODES: Readonly<Record<string, ErrorCode | undefined>> = {
  ENOTFOUND: 'ERR_HOST_NOT_FOUND',
  EAI_AGAIN: 'ERR_HOST_NOT_FOUND',
  EAI_NODATA: 'ERR_HOST_NOT_FOUND',
  ECONNREFUSED: 'ERR_CONNECTION_REFUSED',
  EHOSTUNREACH: 'ERR_CONNECTION_REFUSED',
  ENETUNREACH: 'ERR_CONNECTION_REFUSED',
  ETIMEDOUT: 'ERR_CONNECT_TIMEOUT',
  EPROTO: 'ERR_TLS',
  [PRIVATE_ADDRESS]: 'ERR_ADDRESS_REFUSED',
}
/** The certificate: it is the same at the next attempt. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)/
const TLS = /^ERR_(?:TLS|SSL)_/

/** What an error of Node's http means. `what`: what was asked for, in words that hold no address but the shown one. */
export function httpError(error: unknown, what: string): RxGstError {
  if (error instanceof RxGstError) return error
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  if (/^HPE_/.test(code)) return new RxGstError('ERR_BAD_STREAM', `${what}: the answer is none of HTTP (${code})`)
  const known = CODES[code] ?? (CERTIFICATE.test(code) || TLS.test(code) ? 'ERR_TLS' : 'ERR_CONNECTION_LOST')
  if (known === 'ERR_ADDRESS_REFUSED')
    return new RxGstError(known, `${what}: the name of another host leads into a private network`)
  // Any other fault of TLS may be one of the moment: the server restarts, or what stands before it.
  const retryable = known === 'ERR_TLS' ? !CERTIFICATE.test(code) : undefined
  return new RxGstError(known, `${what}: ${code}`, { retryable })
}

/** What a status means that is no success. */
export function statusError(status: number, what: string): RxGstError {
  const code = status === 401 || status === 407 ? 'ERR_AUTHENTICATION' : 'ERR_PLAY_REJECTED'
  return new RxGstError(code, `${what}: the server answers ${status}`)
}

/** Whether another request of the same thing, or the next one, may succeed. */
export function mayPass({ code, retryable }: RxGstError): boolean {
  return retryable && code !== 'ERR_UNSUPPORTED_MEDIA'
}

/** Whether the server has not answered, or not to the end. */
export function isNetwork({ code }: RxGstError): boolean {
  return code !== 'ERR_PLAY_REJECTED' && code !== 'ERR_BAD_STREAM' && code !== 'ERR_AUTHENTICATION'
}
