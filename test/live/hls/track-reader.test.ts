import * as assert from 'uvu/assert'
import type { SegmentFeed } from '../../../src/addon/capture'
import { systemClock } from '../../../src/core/clock'
import { AddressRules } from '../../../src/live/hls/address-rules'
import type { HttpClient } from '../../../src/live/hls/http-client'
import type { MediaPlaylist } from '../../../src/live/hls/playlist'
import { SegmentSource } from '../../../src/live/hls/segment-source'
import { loadPlaylist, TrackReader } from '../../../src/live/hls/track-reader'
import { suite } from '../../support/suite'
import { until } from '../../support/until'

// One playlist, of a server that is a table of answers.
const test = suite('hls: a playlist and its segments', { timeout: 30_000 })

const HEAD = '#EXTM3U\n#EXT-X-TARGETDURATION:1'
const URL_OF_LIST = new URL('http://127.0.0.1/live.m3u8')

interface Pushed {
  readonly text: string
  readonly renews: boolean
}

async function reading(answers: Record<string, string>) {
  const pushed: Pushed[] = []
  const begun: (readonly [number, number])[] = []
  const lines: string[] = []
  const state = { lost: 0, ended: false, begun: 0 }
  const client = {
    async get(url: URL) {
      return { url, body: Buffer.from(answers[url.pathname]!, 'latin1') }
    },
    mustRun() {},
  } as unknown as HttpClient
  const { playlist, url } = await loadPlaylist(client, URL_OF_LIST, 1000)
  const log = (line: string): void => void lines.push(line)
  const reader = new TrackReader(
    {
      client,
      segments: new SegmentSource(client, new AddressRules(URL_OF_LIST, [], 'the stream')),
      clock: systemClock,
      logger: { debug: log, info: log, warn: log, error: log },
      display: 'the stream',
      patienceMs: 1000,
      events: {
        onFailed: error => log(error.message),
        onLost: count => void (state.lost += count),
        onLoaded: () => {},
        onRetried: () => {},
        onBegun: (sequence, named) => begun.push([sequence, named.first]),
      },
    },
    URL_OF_LIST,
    { playlist: playlist as MediaPlaylist, url },
    (playlist as MediaPlaylist).first,
  )
  const feed: SegmentFeed = {
    push: (bytes, _, renews) => void pushed.push({ text: Buffer.from(bytes).toString('latin1'), renews }),
    end: () => void (state.ended = true),
    levels: () => ({ segments: 0, bytes: 0, begun: state.begun, passed: state.begun, over: false }),
    close: () => {},
  }
  return { reader, feed, pushed, begun, lines, state }
}

const box = (name: string, content: string): string => `\0\0\0\x20${name}${content}`
const list = (first: number, ...segments: string[]): string =>
  [HEAD, `#EXT-X-MEDIA-SEQUENCE:${first}`, '#EXT-X-MAP:URI="init.mp4"', ...segments].join('\n')

test('a stream that begins anew gives the same address another meaning', async () => {
  const answers: Record<string, string> = {
    '/live.m3u8': list(100, '#EXTINF:1\n/100.mp4'),
    '/init.mp4': box('ftyp', 'old'),
    '/100.mp4': box('moof', 'a'),
    '/0.mp4': box('moof', 'b'),
  }
  const { reader, feed, pushed, begun, state } = await reading(answers)
  assert.is(await reader.begin(), 'mp4')
  reader.start(feed)
  await until(() => pushed.length === 1)
  answers['/live.m3u8'] = list(0, '#EXTINF:1\n/0.mp4', '#EXT-X-ENDLIST')
  answers['/init.mp4'] = box('ftyp', 'new')
  await until(() => state.ended)
  assert.match(pushed[0]!.text, /old[^]*a$/)
  assert.match(pushed[1]!.text, /new[^]*b$/)
  assert.is(pushed[1]!.renews, true)
  // The demuxer is late: each number belongs to the playlist that named it.
  state.begun = 2
  reader.look()
  assert.equal(begun, [
    [100, 100],
    [0, 0],
  ])
})

test('what the demuxer has begun by the end is known, though no wake-up has told it', async () => {
  const { reader, feed, begun, state } = await reading({
    '/live.m3u8': list(7, '#EXTINF:1\n/a.mp4', '#EXTINF:1\n/b.mp4', '#EXT-X-ENDLIST'),
    '/init.mp4': box('ftyp', ''),
    '/a.mp4': box('moof', 'a'),
    '/b.mp4': box('moof', 'b'),
  })
  await reader.begin()
  reader.start(feed)
  await until(() => state.ended)
  state.begun = 2
  reader.close()
  assert.equal(begun, [
    [7, 7],
    [8, 7],
  ])
  state.begun = 3
  reader.close()
  assert.is(begun.length, 2)
})

test('many gaps are one line of the log', async () => {
  const gaps = Array.from({ length: 1000 }, (_, i) => `#EXT-X-GAP\n#EXTINF:1\n/gap${i}.mp4`)
  const { reader, feed, pushed, lines, state } = await reading({
    '/live.m3u8': list(0, ...gaps, '#EXTINF:1\n/a.mp4', ...gaps, '#EXTINF:1\n/b.mp4', '#EXT-X-ENDLIST'),
    '/init.mp4': box('ftyp', ''),
    '/a.mp4': box('moof', 'a'),
    '/b.mp4': box('moof', 'b'),
  })
  await reader.begin()
  reader.start(feed)
  await until(() => state.ended)
  assert.equal([pushed.length, state.lost], [2, 2000])
  assert.is(lines.length, 2, lines.join('\n'))
})

test.run()
