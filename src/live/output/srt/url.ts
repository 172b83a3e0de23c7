import { isIP } from 'node:net'
import { RxGstError } from '../../../core/errors'
import { MIN_SECRET_LENGTH, secretForms } from '../../../core/secrets'
import type { SrtPeer } from '../../../pipelines/srt'

/** The address of an SRT peer, as ffmpeg and srt-live-transmit write it. */
export interface SrtUrl extends SrtPeer {
  /** Safe to show. */
  readonly display: string
  /** What no text may show, in every spelling. */
  readonly secrets: readonly string[]
}

const NAMES = ['mode', 'latency', 'passphrase', 'pbkeylen', 'streamid']
/** SRT's own default. */
const LATENCY_MS = 120
const MOST_LATENCY_MS = 60_000
/** SRT's limits. */
const PASSPHRASE = { least: 10, most: 79 } as const
const MOST_STREAM_ID = 512

/** `srt://host:port?mode=caller&latency=120&passphrase=…&pbkeylen=16&streamid=…`; messages never quote it. ERR_URL. */
export function parseSrtUrl(text: string): SrtUrl {
  const [, authority = '', query = ''] = /^srt:\/\/([^/?#]*)\/?(?:\?([^#]*))?$/i.exec(text) ?? []
  const [, v6, name = '', portText = ''] = /^(?:\[([^\]]*)\]|([^:[\]@]*)):(\d{1,5})$/.exec(authority) ?? []
  const port = Number(portText)
  if (portText === '' || port < 1 || port > 65_535) throw invalid('it must be srt://host:port?options')
  const given = options(query)
  const mode = given.get('mode') ?? 'caller'
  if (mode !== 'caller' && mode !== 'listener') throw invalid("the mode is 'caller' or 'listener'")
  const host = v6 ?? name
  if (v6 !== undefined ? isIP(v6) !== 6 : !/^[\w.-]*$/.test(name)) throw invalid('the host is not a legal name')
  if (host === '' && mode === 'caller') throw invalid('the host is missing')
  const latency = Number(given.get('latency') ?? LATENCY_MS)
  if (!(latency >= 0 && latency <= MOST_LATENCY_MS)) throw invalid(`the latency is 0 to ${MOST_LATENCY_MS} ms`)
  const passphrase = given.get('passphrase') ?? null
  const length = Buffer.byteLength(passphrase ?? '')
  if (passphrase !== null && (length < PASSPHRASE.least || length > PASSPHRASE.most))
    throw invalid(`a passphrase has ${PASSPHRASE.least} to ${PASSPHRASE.most} characters`)
  const pbkeylen = Number(given.get('pbkeylen') ?? 0)
  if (pbkeylen !== 0 && pbkeylen !== 16 && pbkeylen !== 24 && pbkeylen !== 32) throw invalid('pbkeylen is 16, 24 or 32')
  const streamid = given.get('streamid') ?? null
  if (Buffer.byteLength(streamid ?? '') > MOST_STREAM_ID)
    throw invalid(`a streamid has ${MOST_STREAM_ID} bytes at most`)
  const secrets = [passphrase, streamid].filter(one => one !== null && one.length >= MIN_SECRET_LENGTH) as string[]
  return {
    mode,
    host,
    port,
    latency,
    passphrase,
    pbkeylen,
    streamid,
    display: `srt://${v6 === undefined ? host : `[${v6}]`}:${port}${mode === 'listener' ? '?mode=listener' : ''}`,
    secrets: secrets.flatMap(secretForms).sort((a, b) => b.length - a.length),
  }
}

function options(query: string): Map<string, string> {
  const given = new Map<string, string>()
  for (const pair of query.split('&').filter(one => one !== '')) {
    const [name = '', ...value] = pair.split('=')
    if (!NAMES.includes(name)) throw invalid(`its options are ${NAMES.join(', ')}`)
    if (given.has(name)) throw invalid(`${name} is there twice`)
    try {
      given.set(name, decodeURIComponent(value.join('=')))
    } catch {
      throw invalid("an option is not percent-encoded; a '%' in it must be written %25")
    }
  }
  return given
}

function invalid(reason: string): RxGstError {
  return new RxGstError('ERR_URL', `invalid SRT URL: ${reason}`)
}
