import { badOption, badValue, checkBoolean, checkNumber, checkOneOf, checkRecord, checkSignal } from './check'
import { checkStreamKey, type RtmpUrl } from './url'
import type { Logger } from './types'

/**
 * Whether a connection may begin now. true; false: not yet; or for how many milliseconds from now it may. Anything else
 * is a no, and so is an error.
 */
export type MayConnect = () => boolean | number

/** What a target of an output or of a relay over a network can have. */
export interface MayConnectOption {
  /**
   * Asked right before every connection to the target begins: the first, each later one, one that a server asks for. At
   * a no the target waits, with the reason ERR_MAY_NOT_CONNECT, and asks again four times a second; that is no failed
   * attempt, and takes nothing of `giveUpAfter`. A live connection goes on, whatever it would say. Called on the JS
   * thread; it must not block. Default: always.
   *
   * A number of milliseconds is how long the yes holds: a server of RTMP that has not been asked for the stream by then
   * (transport 'rxrtmp') is not asked any more, even where the process stood still meanwhile.
   */
  mayConnect?: MayConnect
}

export interface ResolvedReconnect {
  readonly initialDelay: number
  readonly maxDelay: number
  /** Infinity = never. */
  readonly giveUpAfter: number
  /** true: the first connection is tried again too. */
  readonly first?: true
  /** After an error that another try cannot help; absent: none follows. */
  readonly finalDelay?: number
}

/** The common options of captures and outputs, complete and checked. */
export interface ResolvedTransportOptions {
  /** null: the URL names the stream. */
  readonly streamKey: string | null
  readonly transport: 'auto' | 'rxrtmp' | 'rtmp2' | 'librtmp'
  /** null = no reconnect. */
  readonly reconnect: ResolvedReconnect | null
  readonly connectTimeout: number
  readonly stallTimeout: number
  readonly gpuAcceleration: boolean
  readonly signal: AbortSignal | null
  readonly logger: Logger
}

export const TRANSPORT_OPTION_NAMES = [
  'streamKey',
  'transport',
  'reconnect',
  'connectTimeout',
  'stallTimeout',
  'gpuAcceleration',
  'signal',
  'logger',
] as const

const LONGEST_WAIT = 600_000
const LONGEST_DELAY = 3_600_000

const ignore = (): void => {}
/** Logs nothing: a library is silent by default. */
export const SILENT_LOGGER: Logger = Object.freeze({ debug: ignore, info: ignore, warn: ignore, error: ignore })

export function resolveTransportOptions(options: Readonly<Record<string, unknown>>): ResolvedTransportOptions {
  const {
    streamKey,
    transport = 'auto',
    reconnect = {},
    connectTimeout = 10_000,
    stallTimeout = 3_000,
    gpuAcceleration = true,
    signal,
    logger = SILENT_LOGGER,
  } = options
  return {
    streamKey: checkStreamKey('streamKey', streamKey),
    transport: checkOneOf('transport', transport, ['auto', 'rxrtmp', 'rtmp2', 'librtmp']),
    reconnect: reconnect === false ? null : resolveReconnect(reconnect),
    connectTimeout: checkNumber('connectTimeout', connectTimeout, 1, LONGEST_WAIT),
    stallTimeout: checkNumber('stallTimeout', stallTimeout, 100, LONGEST_WAIT),
    gpuAcceleration: checkBoolean('gpuAcceleration', gpuAcceleration),
    signal: signal === undefined ? null : checkSignal('signal', signal),
    logger: checkLogger('logger', logger),
  }
}

/** The option `reconnect` where it is not false. ERR_OPTION. */
export function resolveReconnect(value: unknown): ResolvedReconnect {
  if (typeof value !== 'object' || value === null) throw badOption('an object or false', 'reconnect', value)
  const options = checkRecord('reconnect', value, ['initialDelay', 'maxDelay', 'giveUpAfter', 'first', 'finalDelay'])
  const { initialDelay: delay = 1_000, giveUpAfter = Infinity, first = false, finalDelay } = options
  const initialDelay = checkNumber('reconnect.initialDelay', delay, 1, LONGEST_DELAY)
  // An initialDelay above the default maxDelay raises maxDelay; an initialDelay above a given maxDelay is an error.
  const { maxDelay: cap = Math.max(30_000, initialDelay) } = options
  const maxDelay = checkNumber('reconnect.maxDelay', cap, initialDelay, LONGEST_DELAY)
  return {
    initialDelay,
    maxDelay,
    giveUpAfter: checkNumber('reconnect.giveUpAfter', giveUpAfter, 0, Infinity),
    ...(checkBoolean('reconnect.first', first) && { first: true }),
    ...(finalDelay !== undefined && { finalDelay: checkNumber('reconnect.finalDelay', finalDelay, 1, LONGEST_DELAY) }),
  }
}

export function checkLogger(name: string, value: unknown): Logger {
  const logger = value as Partial<Logger> | null
  const methods = ['debug', 'info', 'warn', 'error'] as const
  const isObject = (typeof logger === 'object' || typeof logger === 'function') && logger !== null
  if (isObject && methods.every(method => typeof logger[method] === 'function')) return logger as Logger
  throw badOption('an object with the methods debug, info, warn and error', name, value)
}

/** Debian's librtmp does not check certificates: a key would go to any server that answers. */
export function checkTransport(transport: ResolvedTransportOptions['transport'], url: RtmpUrl): void {
  if (transport === 'librtmp' && url.scheme === 'rtmps')
    throw badValue(
      "'auto', 'rxrtmp' or 'rtmp2' for rtmps, whose certificates librtmp does not check,",
      'transport',
      transport,
    )
}
