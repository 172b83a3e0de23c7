// The table of docs/addresses.md: what it says is what ffmpeg and rxgst send.
import * as assert from 'uvu/assert'
import { RTMPCapture } from '../../src/index'
import { parseRtmpUrl } from '../../src/core/url'
import { start } from '../support/child'
import { startRtmpServer, type RtmpServer } from '../support/peers/rtmp-server'
import { suite } from '../support/suite'
import { textOf } from './markdown'

const test = suite('addresses', { timeout: 60_000 })

interface Place {
  readonly application: string
  readonly stream: string
}

interface Row extends Place {
  readonly address: string
  readonly ffmpeg: Place
  /** null: OBS cannot send it. */
  readonly obs: { readonly server: string; readonly key: string } | null
}

const rows: readonly Row[] = textOf('docs/addresses.md')
  .split('\n')
  .filter(line => line.startsWith('| `rtmp'))
  .map(line => {
    const [address, application, stream, ffmpeg, server, key] = line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim())
    const place = { application: code(application), stream: code(stream) }
    const [otherApplication, otherStream] = ffmpeg!.split(',')
    const other = { application: code(otherApplication), stream: code(otherStream) }
    return {
      address: code(address),
      ...place,
      ffmpeg: ffmpeg === 'the same' ? place : other,
      obs: server ? { server: code(server), key: code(key) } : null,
    }
  })

function code(cell = ''): string {
  return cell.trim().replace(/^`|`$/g, '')
}

/** What a server heard: `tcUrl` too. */
async function heard(address: string, connect: (url: string) => Promise<void>): Promise<Place & { tcUrl: string }> {
  const six = address.includes('[::1]')
  await using server = await startRtmpServer({ kind: 'reject-play' }, { host: six ? '::1' : '127.0.0.1' })
  await connect(withServer(address, server))
  const { app, stream, connectArguments } = await server.connection(0, ({ role }) => role !== null)
  return { application: app, stream, tcUrl: String((connectArguments as { tcUrl?: unknown }).tcUrl) }
}

/** The port is another one each time. */
function withServer(address: string, { port }: Pick<RtmpServer, 'port'>): string {
  return address.replace(/host|\[::1\]/, host => `${host === 'host' ? '127.0.0.1' : host}:${port}`)
}

const byFfmpeg = async (url: string): Promise<void> => {
  const child = start('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-i', url, '-f', 'null', '-'])
  await child.exited
}

const bySelf = (transport: 'auto' | 'rtmp2') => async (url: string) => {
  await using capture = new RTMPCapture(url, { reconnect: false, transport })
  await capture.start().then(
    () => assert.unreachable('nobody serves it'),
    () => {},
  )
}

test('the table is there', () => assert.ok(rows.length >= 20, `${rows.length} rows`))

for (const { address, application, stream, ffmpeg, obs } of rows) {
  test(address, async () => {
    const read = parseRtmpUrl(address)
    assert.equal({ application: read.application, stream: read.stream }, { application, stream })
    const [own, other, theirs] = await Promise.all(
      [bySelf('auto'), bySelf('rtmp2'), byFfmpeg].map(connect => heard(address, connect)),
    )
    const server = /:\/\/127\.0\.0\.1:\d+|:\/\/\[::1\]:\d+/
    const tcUrl = (place: Place): string => `rtmp/${place.application}`
    const seen = ({ tcUrl: url, ...place }: Place & { tcUrl: string }) => ({ ...place, tcUrl: url.replace(server, '') })
    for (const place of [own!, other!])
      assert.equal(seen(place), { application, stream, tcUrl: tcUrl({ application, stream }) })
    assert.equal(seen(theirs!), { ...ffmpeg, tcUrl: tcUrl(ffmpeg) })
    if (!obs) return
    const fields = parseRtmpUrl(obs.server, obs.key)
    // A server without a path: the application is empty.
    const same = fields.application === '' ? { application: fields.stream, stream: '' } : fields
    assert.equal({ application: same.application, stream: same.stream }, { application, stream })
  })
}

test('tcUrl has a port where the address has one', () => {
  assert.is(parseRtmpUrl('rtmp://host/app/one/cam').tcUrl, 'rtmp://host/app/one')
  assert.is(parseRtmpUrl('rtmp://host:1935/live/cam').tcUrl, 'rtmp://host:1935/live')
  assert.is(parseRtmpUrl('rtmps://ann:secret@[::1]:444/live?a=b/cam').tcUrl, 'rtmps://[::1]:444/live?a=b')
})

test.run()
