import { isIP } from 'node:net'
import { RxGstError } from '../errors'
import { parseNetworkAddress, type NetworkAddress } from './network-address'

/** An SRT address, with the options in its query as ffmpeg and libsrt's own tools write them. */
export interface SrtUrl extends Pick<NetworkAddress, 'host' | 'display' | 'secrets'> {
  readonly port: number
  readonly mode: 'caller' | 'listener' | 'rendezvous'
  /** Address of this machine's side; null: any. */
  readonly localHost: string | null
  readonly passphrase: string | null
  readonly keyLength: 16 | 24 | 32 | null
  readonly streamId: string | null
  /** How long lost packets are waited for, ms. */
  readonly latencyMs: number
}

const MODES = ['caller', 'listener', 'rendezvous'] as const
/** That of libsrt. */
const LATENCY_MS = 120
/** ffmpeg writes microseconds, libsrt and its tools milliseconds: nobody waits ten seconds for a packet. */
const LONGEST_LATENCY_MS = 10_000
/** Options of ffmpeg and of libsrt that a live stream has by itself, or does not have. */
const LEFT_OUT = new Set(
  (
    'transtype pkt_size payload_size payloadsize maxbw inputbw oheadbw tlpktdrop messageapi smoother linger tsbpd ' +
    'mss minversion nakreport sndbuf rcvbuf send_buffer_size recv_buffer_size timeout listen_timeout connect_timeout ' +
    'conntimeo snddropdelay lossmaxttl enforced_encryption enforcedencryption iptos ipttl ffs fc'
  ).split(' '),
)
const SECRETS = ['passphrase', 'streamid', 'srt_streamid']

/** `srt://host:port?mode=…&passphrase=…&streamid=…&latency=…`; messages never quote it. ERR_URL. */
export function parseSrtUrl(text: string): SrtUrl {
  // Access control begins a streamid with '#!::', and libsrt's tools take '#' and '+' as they are.
  const written = text.replaceAll('#', '%23').replaceAll('+', '%2B')
  const { host, port, query, path, display, secrets } = parseNetworkAddress(written, 'SRT', SECRETS)
  if (port === null) throw invalid('the port is missing: srt://host:port')
  if (!/^\/?(\?|$)/.test(path))
    throw invalid('it has a path, which SRT does not know; a name of a stream is its streamid')
  const known = new Set([
    'mode',
    'passphrase',
    'pbkeylen',
    'streamid',
    'srt_streamid',
    'latency',
    'rcvlatency',
    'adapter',
    'localaddr',
  ])
  for (const name of query.keys()) {
    // The name may be the rest of a passphrase.
    if (!known.has(name) && !LEFT_OUT.has(name))
      throw invalid("its query holds what is no option of SRT; a '&' in a value must be written %26")
  }
  const given = query.get('mode') ?? (host === '' ? 'listener' : 'caller')
  const mode = MODES.find(one => one === given)
  if (mode === undefined) throw invalid('mode is none of caller, listener and rendezvous')
  if (host === '' && mode !== 'listener') throw invalid('the host is missing')
  const passphrase = query.get('passphrase')
  const passphraseBytes = Buffer.byteLength(passphrase ?? '')
  if (passphrase !== null && (passphraseBytes < 10 || passphraseBytes > 79))
    throw invalid('a passphrase has 10 to 79 bytes')
  const streamId = query.get('streamid') ?? query.get('srt_streamid')
  if (Buffer.byteLength(streamId ?? '') > 512) throw invalid('a streamid has 512 bytes at most')
  return {
    host,
    port,
    mode,
    localHost: localHost(query.get('adapter') ?? query.get('localaddr')),
    passphrase,
    keyLength: keyLength(query.get('pbkeylen')),
    streamId,
    latencyMs: latency(query.get('latency') ?? query.get('rcvlatency')),
    display,
    secrets,
  }
}

function keyLength(text: string | null): SrtUrl['keyLength'] {
  const length = ([16, 24, 32] as const).find(one => String(one) === text)
  if (text !== null && text !== '0' && length === undefined) throw invalid('pbkeylen is none of 16, 24 and 32')
  return length ?? null
}

function localHost(text: string | null): string | null {
  if (text !== null && isIP(text) === 0) throw invalid('adapter is no address of a network')
  return text
}

function latency(text: string | null): number {
  if (text === null) return LATENCY_MS
  if (!/^\d{1,9}$/.test(text)) throw invalid('latency is no number of milliseconds')
  const value = Number(text)
  const ms = value > LONGEST_LATENCY_MS ? Math.round(value / 1000) : value
  if (ms > LONGEST_LATENCY_MS) throw invalid('latency is more than 10 seconds')
  return ms
}

function invalid(why: string): RxGstError {
  return new RxGstError('ERR_URL', `invalid SRT URL: ${why}`)
}
