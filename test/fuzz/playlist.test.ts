// suite: deep
import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/index'
import { readPlaylist, type MediaPlaylist } from '../../src/live/hls/playlist'
import { changeOf, reloadAfter, startBeside, startOf } from '../../src/live/hls/schedule'
import { firstClockUs } from '../../src/live/hls/ts-clock'
import { chooseVariant } from '../../src/live/hls/variant'
import { suite } from '../support/suite'
import { random, type Random } from './random'

// Hostile playlists through the reader: a playlist that can be used, or an error of ours; and soon.
const test = suite('fuzz: playlists', { timeout: 120_000 })

const MASTER = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="a.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=800000,AVERAGE-BANDWIDTH=700000,RESOLUTION=640x360,CODECS="avc1.4d401e,mp4a.40.2",AUDIO="s"
low/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2500000,RESOLUTION=1280x720,FRAME-RATE=25.000
high/index.m3u8?token=abc
`
const MEDIA = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:17
#EXT-X-SERVER-CONTROL:HOLD-BACK=18.0
#EXT-X-START:TIME-OFFSET=-12.5
#EXT-X-MAP:URI="init.mp4",BYTERANGE="700@0"
#EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x0123456789abcdef0123456789abcdef
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXTINF:6.000,
#EXT-X-BYTERANGE:1000@700
a.m4s
#EXTINF:6.000,
#EXT-X-BYTERANGE:1000
a.m4s
#EXT-X-DISCONTINUITY
#EXTINF:4.96,title
b.m4s
#EXT-X-GAP
#EXTINF:6
c.m4s
#EXT-X-ENDLIST
`
const EDGES = ['', '0', '-1', '1e999', 'NaN', '18446744073709551616', '0x', '"', ',', '=', '@', '\n', '\r', '\0', '￿']
const LIMITS = { maxWidth: 4096, maxHeight: 2304 }

function mutated(text: string, dice: Random): string {
  let bytes = text
  for (let i = 1 + dice.below(6); i > 0; i--) {
    const at = dice.below(bytes.length + 1)
    const to = Math.min(bytes.length, at + dice.below(40))
    const lines = bytes.split('\n')
    bytes = dice.pick([
      () => bytes.slice(0, at) + bytes.slice(to),
      () => bytes.slice(0, at) + dice.pick(EDGES) + bytes.slice(to),
      () => bytes.slice(0, at) + dice.bytes(dice.below(30)).toString('latin1') + bytes.slice(at),
      () => bytes.slice(0, at),
      () => bytes.replace(/\d+/, dice.pick(EDGES)),
      () => lines.toSpliced(dice.below(lines.length), 1, dice.pick(lines)).join('\n'),
      () => lines.toSpliced(dice.below(lines.length), 0, dice.pick((MASTER + MEDIA).split('\n'))).join('\n'),
      () => bytes + bytes.slice(at, to).repeat(dice.below(200)),
      () => bytes.replace(/"[^"]*"/, `"${'\\'.repeat(dice.below(3000))}`),
    ])()
  }
  return bytes
}

test('seeds', () => {
  let [read, refused] = [0, 0]
  const base = readPlaylist(MEDIA) as MediaPlaylist
  for (let seed = 0; seed < 20_000 * Math.max(1, Number(process.env['RXGST_RUNS'] ?? 1)); seed++) {
    const dice = random(seed)
    const text = mutated(dice.chance(0.3) ? MASTER : MEDIA, dice)
    const from = performance.now()
    try {
      const playlist = readPlaylist(text)
      read++
      if (playlist.kind === 'master') {
        assert.ok(chooseVariant(playlist, 'best', LIMITS).variant)
      } else {
        const { segments, first } = playlist
        segments.forEach(({ sequence, durationMs, range }, i) => {
          assert.is(sequence, first + i)
          assert.ok(Number.isSafeInteger(sequence) && durationMs >= 0 && durationMs <= 86_400_000)
          assert.ok(range === null || (range.offset >= 0 && range.length >= 0))
        })
        const start = startOf(playlist)
        assert.ok(start >= first && start <= first + Math.max(0, segments.length - 1), `seed ${seed}: ${start}`)
        startBeside(base, playlist, start)
        changeOf(base, playlist)
        const again = reloadAfter(playlist, false)
        assert.ok(again >= 250 && again <= 30_000, `seed ${seed}: ${again}`)
      }
    } catch (error) {
      if (!(error instanceof RxGstError)) throw error
      refused++
    }
    const took = performance.now() - from
    assert.ok(took < 2000, `seed ${seed}: ${took} ms`)
  }
  assert.ok(read > 1000 && refused > 500, `${read} read, ${refused} refused`)
})

test('noise has a clock, or none', () => {
  for (let seed = 0; seed < 5000; seed++) {
    const dice = random(seed)
    const bytes = dice.bytes(dice.below(1000))
    for (let at = 0; at < bytes.length; at += 188) bytes[at] = 0x47
    const clock = firstClockUs(bytes)
    assert.ok(clock >= 0 && clock < 1e12)
  }
})

test.run()
