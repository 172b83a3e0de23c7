import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/index'
import {
  readPlaylist,
  readPlaylistInTurns,
  type MasterPlaylist,
  type MediaPlaylist,
} from '../../../src/live/hls/playlist'
import { suite } from '../../support/suite'

const test = suite('hls: playlists')

const media = (...lines: string[]): MediaPlaylist => readPlaylist(['#EXTM3U', ...lines].join('\n')) as MediaPlaylist

function refused(text: string): string {
  try {
    readPlaylist(text)
  } catch (error) {
    assert.instance(error, RxGstError)
    assert.is((error as RxGstError).code, 'ERR_BAD_STREAM')
    return (error as RxGstError).message
  }
  throw new Error('it was read')
}

test('segments with their numbers, durations, discontinuities and dates', () => {
  const playlist = media(
    '#EXT-X-TARGETDURATION:6',
    '#EXT-X-MEDIA-SEQUENCE:41',
    '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.500Z',
    '#EXTINF:6,a title, with a comma',
    'a.ts',
    '#EXTINF:4.5,',
    'b.ts?token=1\r',
    '#EXT-X-DISCONTINUITY',
    '#EXTINF:6',
    'https://other/c.ts',
    '#EXT-X-ENDLIST',
  )
  assert.is(playlist.targetMs, 6000)
  assert.is(playlist.ended, true)
  assert.equal(
    playlist.segments.map(({ sequence, uri, durationMs, discontinuity }) => [sequence, uri, durationMs, discontinuity]),
    [
      [41, 'a.ts', 6000, false],
      [42, 'b.ts?token=1', 4500, false],
      [43, 'https://other/c.ts', 6000, true],
    ],
  )
  const from = Date.parse('2026-01-01T00:00:00.500Z')
  assert.equal(
    playlist.segments.map(({ startsAt }) => startsAt),
    [from, from + 6000, from + 10_500],
  )
})

test('byte ranges follow each other, and initialization sections hold until the next one', () => {
  const { segments } = media(
    '#EXT-X-MAP:URI="init.mp4",BYTERANGE="700@0"',
    '#EXTINF:2',
    '#EXT-X-BYTERANGE:1000@700',
    'all.mp4',
    '#EXTINF:2',
    '#EXT-X-BYTERANGE:500',
    'all.mp4',
    '#EXT-X-MAP:URI="other.mp4"',
    '#EXTINF:2',
    'b.m4s',
  )
  assert.equal(
    segments.map(({ range }) => range),
    [{ offset: 700, length: 1000 }, { offset: 1700, length: 500 }, null],
  )
  assert.equal(segments[0]!.init, { uri: 'init.mp4', range: { offset: 0, length: 700 }, key: null })
  assert.is(segments[1]!.init, segments[0]!.init)
  assert.is(segments[2]!.init!.uri, 'other.mp4')
})

test('keys: AES-128 is known, others by their name alone', () => {
  const { segments } = media(
    '#EXT-X-KEY:METHOD=AES-128,URI="key?a=1,2",IV=0x0000000000000000000000000000002A',
    '#EXTINF:2',
    'a.ts',
    '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"',
    '#EXTINF:2',
    'b.ts',
    '#EXT-X-KEY:METHOD=NONE',
    '#EXTINF:2',
    'c.ts',
    '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k"',
    '#EXTINF:2',
    'd.ts',
  )
  const vector = Buffer.alloc(16)
  vector[15] = 42
  const key = { method: 'AES-128', uri: 'key?a=1,2', vector }
  assert.equal(
    segments.map(segment => segment.key),
    [key, key, null, { method: 'unknown', name: 'SAMPLE-AES' }],
  )
})

test('variants and renditions', () => {
  const playlist = readPlaylist(
    [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",DEFAULT=YES,URI="a.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS="avc1.4d401e,mp4a.40.2",AUDIO="sound"',
      'low.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=2500000,RESOLUTION=1280x720',
      'high.m3u8',
    ].join('\n'),
  ) as MasterPlaylist
  assert.equal(playlist.renditions, [{ group: 'sound', uri: 'a.m3u8', isDefault: true, autoselect: false }])
  assert.equal(playlist.variants[0], {
    uri: 'low.m3u8',
    bandwidth: 800_000,
    width: 640,
    height: 360,
    codecs: ['avc1.4d401e', 'mp4a.40.2'],
    audioGroup: 'sound',
  })
  assert.is(playlist.variants[1]!.uri, 'high.m3u8')
})

test('what is no playlist is told, and never quoted', () => {
  assert.match(refused(''), /empty/)
  assert.match(refused('<!DOCTYPE html><html>secret</html>'), /website/)
  assert.match(refused('#EXTM3U8\n'), /#EXTM3U/)
  assert.match(refused('#EXTM3U\n'), /neither segments nor variants/)
  assert.match(refused(`#EXTM3U\n#EXTINF:2\n${'a'.repeat(20_000)}\n`), /16384 characters/)
  assert.match(refused(`#EXTM3U\n${'#EXTINF:2\na.ts\n'.repeat(100_001)}`), /100000 segments/)
  assert.match(refused(`#EXTM3U\n${'\n'.repeat(9 * 1024 * 1024)}`), /bytes/)
  for (const text of ['', '<html>geheim</html>', '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,IV=geheim'])
    assert.not.match(refused(text), /geheim/)
})

test('lines that are slow to read are none', () => {
  const lines = Array.from({ length: 400 }, () => `#EXT-X-KEY:${'A'.repeat(16_000)}`)
  const from = performance.now()
  assert.is(media('#EXTINF:1', ...lines, 'a.ts').segments.length, 1)
  assert.ok(performance.now() - from < 5000)
})

/** What takes long to read: many segments with attributes, and lines of the greatest length. */
const LONG = [
  '#EXTM3U',
  '#EXT-X-TARGETDURATION:2',
  ...Array.from(
    { length: 40_000 },
    (_, i) => `#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n#EXTINF:2,\nsegment-${i}.ts`,
  ),
  ...Array.from({ length: 200 }, () => `#EXT-X-KEY:METHOD=AES-128,URI="${'k'.repeat(16_000)}"`),
  '#EXT-X-ENDLIST',
].join('\n')

test('the event loop turns while a long playlist is read, which gives the same', async () => {
  let turns = 0
  let over = false
  const turn = (): void => {
    turns++
    if (!over) setImmediate(turn)
  }
  setImmediate(turn)
  const begun = performance.now()
  const playlist = await readPlaylistInTurns(LONG)
  const tookMs = performance.now() - begun
  over = true
  // A turn has 10 ms, and one piece more.
  assert.ok(turns >= Math.floor(tookMs / 100), `${turns} turns in ${tookMs} ms`)
  assert.ok(turns >= 2, `${turns} turns in ${tookMs} ms`)
  assert.equal(playlist, readPlaylist(LONG))
  assert.is((playlist as MediaPlaylist).segments.length, 40_000)
})

test('what is no playlist is refused in turns as well', async () => {
  for (const text of ['', '<html>', `${LONG}\n#EXT-X-SKIP:SKIPPED-SEGMENTS=1`]) {
    const error: unknown = await readPlaylistInTurns(text).catch((reason: unknown) => reason)
    assert.instance(error, RxGstError)
    assert.is((error as RxGstError).message, refused(text))
  }
})

test('odd numbers are bounded', () => {
  const playlist = media(
    '#EXT-X-TARGETDURATION:0',
    '#EXT-X-MEDIA-SEQUENCE:99999999999999999999',
    '#EXTINF:-5',
    'a.ts',
    '#EXTINF:1e400',
    'b.ts',
  )
  assert.is(playlist.targetMs, 500)
  assert.is(playlist.first, 0)
  assert.equal(
    playlist.segments.map(({ durationMs }) => durationMs),
    [0, 0],
  )
})

test.run()
