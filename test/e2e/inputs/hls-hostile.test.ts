// suite: deep
// Servers that lie: each is an error with its code, in time, and nothing of it grows.
import type { ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Capture } from '../../../src/index'
import { lyingOrigin, makeHls, type Lie } from '../../support/peers/hls'
import { suite } from '../../support/suite'
import { keepLog, smallFile } from '../lib/inputs'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'

const test = suite('inputs: servers of HLS that lie', { timeout: 60_000 })

let folder = ''
let playlist = ''
test.before(async () => {
  folder = await makeHls(await smallFile('in.mp4'))
  playlist = await readFile(join(folder, 'live.m3u8'), 'utf8')
})

const says =
  (text: (origin: string) => string): Lie =>
  (path, response, { headers }) => {
    if (path !== 'live.m3u8') return false
    response.end(text(`http://${headers.host}`))
    return true
  }
const segment =
  (answer: (response: ServerResponse) => void): Lie =>
  (path, response) => {
    if (!path.endsWith('.ts')) return false
    answer(response)
    return true
  }

function flood(response: ServerResponse): void {
  const block = Buffer.alloc(65_536, 'a')
  const more = (): void => void (response.destroyed || response.write(block, () => setImmediate(more)))
  more()
}

const PAGE = '<!doctype html><title>Log in</title>'
const VARIANT = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n'

const LIES: readonly (readonly [what: string, lie: () => Lie, codes: readonly string[]])[] = [
  ['a page in place of the playlist', () => says(() => PAGE), ['ERR_BAD_STREAM']],
  ['an empty playlist', () => says(() => ''), ['ERR_BAD_STREAM']],
  ['a playlist of 100 MB', () => says(() => `#EXTM3U\n${'#EXTINF:1\na.ts\n'.repeat(7_000_000)}`), ['ERR_BAD_STREAM']],
  ['a playlist without an end', () => (path, response) => (flood(response), path !== ''), ['ERR_BAD_STREAM']],
  ['a playlist that names itself as a variant', () => says(() => `${VARIANT}live.m3u8`), ['ERR_BAD_STREAM']],
  ['a variant at file:', () => says(() => `${VARIANT}file:///etc/passwd`), ['ERR_ADDRESS_REFUSED']],
  [
    'a segment of another port',
    () => says(() => playlist.replaceAll('live', 'http://127.0.0.1:1/live')),
    ['ERR_ADDRESS_REFUSED'],
  ],
  [
    'a key at file:',
    () => says(() => playlist.replace('#EXTINF', '#EXT-X-KEY:METHOD=AES-128,URI="file:///etc/passwd"\n#EXTINF')),
    ['ERR_ADDRESS_REFUSED'],
  ],
  [
    'an initialization section at file:',
    () => says(() => playlist.replace('#EXTINF', '#EXT-X-MAP:URI="file:///etc/passwd"\n#EXTINF')),
    ['ERR_ADDRESS_REFUSED'],
  ],
  ['no segments at all', () => segment(response => void response.writeHead(404).end()), ['ERR_PLAY_REJECTED']],
  ['pages in place of segments', () => segment(response => void response.end(PAGE)), ['ERR_BAD_STREAM']],
  [
    'packed audio',
    () => segment(response => void response.end(Buffer.from('ID3\x04\0\0\0\0\0\0'))),
    ['ERR_UNSUPPORTED_MEDIA'],
  ],
  ['segments without an end', () => segment(flood), ['ERR_BAD_STREAM']],
  [
    'noise in MPEG-TS',
    () => segment(response => void response.end(Buffer.alloc(188 * 2000, 0x47))),
    ['ERR_BAD_STREAM', 'ERR_CONNECT_TIMEOUT', 'ERR_STREAM_ENDED'],
  ],
  [
    'boxes of nothing',
    () => segment(response => void response.end(Buffer.from('\0\0\0\x08moof\0\0\0\x08mdat', 'latin1'))),
    ['ERR_BAD_STREAM', 'ERR_CONNECT_TIMEOUT', 'ERR_STREAM_ENDED'],
  ],
  ['a live playlist without segments', () => says(() => '#EXTM3U\n#EXT-X-TARGETDURATION:1\n'), ['ERR_CONNECT_TIMEOUT']],
  ['a server that says nothing', () => () => true, ['ERR_CONNECT_TIMEOUT']],
]

for (const [what, lie, codes] of LIES) {
  test(what, async () => {
    await using origin = await lyingOrigin(folder, lie())
    const { logger, text } = keepLog()
    const before = process.memoryUsage().rss
    // Floods of 64 MiB take a busy machine long: only where the time is the answer it is short.
    const connectTimeout = codes.includes('ERR_CONNECT_TIMEOUT') ? 8000 : 40_000
    await using capture = new Capture(`${origin.url()}?key=geheimnis`, { logger, connectTimeout })
    const code = await codeOf(capture.start())
    assert.ok(code !== null && codes.includes(code), `${code}\n${text()}`)
    const took = await timed(() => capture.stop())
    assert.ok(took < 5000, `${took} ms`)
    assert.not.match(text(), /geheimnis|passwd/)
    // This process serves the lies as well.
    const grown = (process.memoryUsage().rss - before) / 2 ** 20
    assert.ok(grown < 500, `${grown.toFixed(0)} MiB`)
  })
}

test.run()
