import { native } from '../addon/binding'
import { badOption } from '../core/check'

/** What refusePrivateAddresses() leaves alone. */
export interface PrivateAddressOptions {
  /** Places that stay allowed, as `host:port`, where an address names them so itself, or RTSP redirects. */
  readonly except?: readonly string[]
}

/**
 * Whether streams of this process may connect into private networks and to this machine; without a call they may. With
 * `true`, an address, what a name resolves to at that moment, and where a server redirects, must be public: else the
 * connection fails with ERR_ADDRESS_REFUSED, and RTSP keeps to TCP. A redirect of RTSP fails with the code of a
 * connection that could not be made. For a server that takes addresses from others. It
 * holds for all threads and for connections that begin from now on. Of the elements of `run()` it holds for those that
 * connect through GIO, as most do that speak TCP. ERR_OPTION.
 */
export function refusePrivateAddresses(refuse: boolean, { except = [] }: PrivateAddressOptions = {}): void {
  if (typeof refuse !== 'boolean') throw badOption('true or false', 'refuse', refuse)
  if (!Array.isArray(except) || except.length > MOST_EXCEPTIONS)
    throw badOption(`an array of at most ${MOST_EXCEPTIONS} places`, 'except', except)
  for (const place of except)
    if (typeof place !== 'string' || !/^[^\s/@]+:\d{1,5}$/.test(place)) throw badOption("'host:port'", 'except', place)
  native().refusePrivateAddresses(
    refuse,
    except.map(place => place.replace(/^\[(.*)\]:/, '$1:')),
  )
}

const MOST_EXCEPTIONS = 1000
