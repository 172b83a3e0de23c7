import * as assert from 'uvu/assert'
import { readPlaylist, type MasterPlaylist, type MediaPlaylist } from '../../../src/live/hls/playlist'
import { behindMs, changeOf, continued, reloadAfter, startBeside, startOf } from '../../../src/live/hls/schedule'
import { firstClockUs } from '../../../src/live/hls/ts-clock'
import { chooseVariant } from '../../../src/live/hls/variant'
import { suite } from '../../support/suite'

const test = suite('hls: where to begin, and when to look')

/** Segments of 4 s from a number on. */
function live(first: number, count: number, ...tags: string[]): MediaPlaylist {
  const segments = Array.from({ length: count }, (_, i) => `#EXTINF:4\nseg${first + i}.ts`)
  const head = ['#EXTM3U', '#EXT-X-TARGETDURATION:4', `#EXT-X-MEDIA-SEQUENCE:${first}`]
  return readPlaylist([...head, ...tags, ...segments].join('\n')) as MediaPlaylist
}

test('a live stream begins three target durations behind its end, or where the playlist says', () => {
  assert.is(startOf(live(10, 8)), 15)
  assert.is(startOf(live(10, 2)), 10)
  assert.is(startOf(live(10, 0)), 10)
  assert.is(startOf(live(10, 8, '#EXT-X-SERVER-CONTROL:HOLD-BACK=20')), 13)
  assert.is(startOf(live(10, 8, '#EXT-X-START:TIME-OFFSET=-5')), 16)
  assert.is(startOf(live(10, 8, '#EXT-X-START:TIME-OFFSET=9')), 12)
})

test('what has ended begins at its beginning', () => {
  assert.is(startOf(live(10, 8, '#EXT-X-ENDLIST')), 10)
  assert.is(startOf(live(10, 8, '#EXT-X-ENDLIST', '#EXT-X-START:TIME-OFFSET=100')), 17)
})

test('a playlist that grows, one of a cache, and one that began anew', () => {
  assert.is(changeOf(live(10, 5), live(12, 5)), 'goes-on')
  assert.is(changeOf(live(10, 5), live(10, 5)), 'goes-on')
  assert.is(changeOf(live(10, 5), live(9, 5)), 'older')
  assert.is(changeOf(live(100, 5), live(0, 3)), 'restarted')
  assert.is(changeOf(live(10, 5), live(40, 5)), 'goes-on')
})

test('it is loaded again after a target duration, or half of one where nothing was new', () => {
  assert.is(reloadAfter(live(0, 3), true), 4000)
  assert.is(reloadAfter(live(0, 3), false), 2000)
})

test('how far behind the end of the playlist a segment begins', () => {
  assert.is(behindMs(live(10, 8), 15), 12_000)
  assert.is(behindMs(live(10, 8), 17), 4000)
  assert.is(behindMs(live(10, 8), 8), 40_000, 'two segments that have left the playlist, too')
  assert.is(behindMs(live(0, 8), 500), null, 'the numbers began anew')
  assert.is(behindMs(live(10, 8, '#EXT-X-ENDLIST'), 15), null)
})

test('sound with a playlist of its own begins at the same number or date', () => {
  assert.is(startBeside(live(10, 8), live(10, 8), 12), 12)
  assert.is(startBeside(live(500, 8), live(10, 8), 15), 505)
  const dated = (first: number, at: string): MediaPlaylist => live(first, 8, `#EXT-X-PROGRAM-DATE-TIME:${at}`)
  assert.is(startBeside(dated(500, '2026-01-01T00:00:02Z'), dated(10, '2026-01-01T00:00:00Z'), 12), 501)
})

test('a new connection goes on behind the last segment, unless the numbers began anew', () => {
  const position = { begun: 104, playlist: live(100, 5) }
  assert.is(continued(position, live(101, 6)), 105)
  assert.is(continued(position, live(100, 5)), 105, 'which is not there yet')
  assert.is(continued(position, live(100, 2)), 105, 'a cache is behind')
  assert.is(continued(position, live(0, 3)), null)
  const whole = { begun: 500, playlist: live(0, 501) }
  assert.is(continued(whole, live(0, 4)), null, 'the same names, far from the old numbers')
  assert.is(continued(whole, live(0, 501, '#EXT-X-ENDLIST')), 501)
  assert.is(continued(whole, live(0, 500, '#EXT-X-ENDLIST')), null)
})

test('sound beside pictures whose segment is not there yet', () => {
  assert.is(startBeside(live(10, 8), live(10, 8), 18), 18)
  assert.is(startBeside(live(10, 7), live(10, 8), 18), 18)
  assert.is(startBeside(live(500, 8), live(10, 8), 18), 508)
})

const master = readPlaylist(
  [
    '#EXTM3U',
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="a",URI="a.m3u8"',
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="b",DEFAULT=YES,URI="b.m3u8"',
    '#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720,CODECS="avc1.640020",AUDIO="s"',
    '720.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360,CODECS="avc1.640020"',
    '360.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"',
    'sound.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=1920x1080,CODECS="vp09.00.40.08"',
    'vp9.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=40000000,RESOLUTION=7680x4320',
    '8k.m3u8',
  ].join('\n'),
) as MasterPlaylist
const LIMITS = { maxWidth: 4096, maxHeight: 2304 }

test('the best variant that is decoded, the lowest, and those within limits', () => {
  const chosen = (wanted: Parameters<typeof chooseVariant>[1]): string =>
    chooseVariant(master, wanted, LIMITS).variant.uri
  assert.is(chosen('best'), '720.m3u8')
  assert.is(chosen('lowest'), '360.m3u8')
  assert.is(chosen({ maxHeight: 500 }), '360.m3u8')
  assert.is(chosen({ maxBitrate: 5_000_000 }), '720.m3u8')
  assert.is(chosen({ maxBitrate: 1000 }), '360.m3u8')
  assert.is(chooseVariant(master, 'best', LIMITS).audio?.uri, 'b.m3u8')
  assert.is(chooseVariant(master, 'lowest', LIMITS).audio, null)
})

test('the first clock of MPEG-TS', () => {
  const packet = Buffer.alloc(376, 0xff)
  packet.set([0x47, 0x41, 0x00, 0x10], 0)
  // 90,000 ticks of the base, 27 of the extension.
  packet.set([0x47, 0x41, 0x00, 0x30, 7, 0x10, 0, 0, 0xaf, 0xc8, 0x00, 27], 188)
  assert.is(firstClockUs(packet), 1_000_001)
  assert.is(firstClockUs(packet.subarray(0, 188)), 0)
})

test.run()
