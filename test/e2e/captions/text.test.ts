// captions$: the text of captions in the pictures of a stream, judged beside ffmpeg's own reading of them.
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { Capture, type CaptionCue, type CaptureOptions } from '../../../src/index'
import { captioned, Line21, triples, packet708, type Pair } from '../../support/media/captions'
import { exec } from '../../support/child'
import { makeFile } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, writeFlv } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { remade } from '../lib/inputs'

const test = suite('captions$', { timeout: 60_000 })

const FPS = 25

/** CC1 pops on, CC3 rolls up, and a service of CEA-708. */
const CC1 = new Line21().popOn(['HELLO', 'WORLD'], 20).popOn(['AGAIN'], 20).pairs
const CC3 = new Line21()
  .command('ru2')
  .command('cr')
  .row(15)
  .text('first row')
  .command('cr')
  .text('second')
  .command('cr').pairs
const SERVICE: ReadonlyMap<number, Pair[]> = new Map([
  [10, packet708(0, 1, [0x98, 0, 0, 0, 1, 31, 0, ...Buffer.from('a window')])],
  [20, packet708(1, 1, [0x89, 1])],
  [40, packet708(2, 1, [0x8c, 1])],
])
/** When an event of the service is on the screen. */
const [WINDOW_SHOWN, WINDOW_GONE] = [20, 40]

/** A file of four seconds with B-frames, whose captions are in the order of the screen. */
async function withCaptions(): Promise<string> {
  const source = { size: '320x180', fps: FPS, gop: 25, bframes: 2, duration: 4, pattern: 'testsrc' } as const
  const tags = parseFlv(readFileSync(await makeFile(tempFile('plain.flv'), source)))
  const file = tempFile('captions.flv')
  writeFileSync(file, writeFlv(captioned(tags, at => triples(CC1[at], CC3[at], SERVICE.get(at)))))
  return file
}

/** ffmpeg's reading of CC1: SRT. */
async function ffmpegText(file: string): Promise<string[]> {
  const args = ['-v', 'error', '-f', 'lavfi', '-i', `movie=${file}[out0+subcc]`, '-map', '0:s', '-f', 'srt', '-']
  const { stdout } = await exec('ffmpeg', args, { timeout: 30_000 })
  // Without styles and places.
  const blocks = stdout
    .toString()
    .replaceAll(/<[^>]*>|\{\\[^}]*\}|\\h/g, '')
    .trim()
    .split(/\r?\n\r?\n/)
  return blocks.map(block =>
    block
      .split(/\r?\n/)
      .slice(2)
      .map(line => line.trim())
      .filter(Boolean)
      .join('\n'),
  )
}

/** The cues of an address up to its end. */
async function cuesOf(url: string, options: CaptureOptions = {}): Promise<CaptionCue[]> {
  await using capture = new Capture(url, { connectTimeout: 20_000, ...options })
  const cues: CaptionCue[] = []
  const ended = new Promise<void>(resolve => {
    capture.captions$.subscribe({ next: cue => void cues.push(cue), complete: resolve, error: () => resolve() })
  })
  await capture.start()
  await ended
  return cues
}

const of = (cues: readonly CaptionCue[], channel: string): CaptionCue[] => cues.filter(cue => cue.channel === channel)
const texts = (cues: readonly CaptionCue[], channel: string): string[] => of(cues, channel).map(({ text }) => text)

function assertWhole(cues: readonly CaptionCue[]): void {
  assert.equal(texts(cues, 'CC1'), ['HELLO\nWORLD', 'AGAIN'])
  assert.equal(texts(cues, 'CC3'), ['first row', 'second'])
  assert.equal(texts(cues, 'SERVICE1'), ['a window'])
  assert.equal([...new Set(cues.map(({ format }) => format))].sort(), ['cea608', 'cea708'])
}

let file: string
test.before(async () => {
  file = await withCaptions()
})

test('all channels of a file, at the times of its pictures, as ffmpeg reads them', async () => {
  const cues = await cuesOf(`file:${file}`, { pace: 'none', dropPolicy: 'oldest' })
  assertWhole(cues)
  assert.equal(await ffmpegText(file), texts(cues, 'CC1'))
  const picture = (us: number): number => (us * FPS) / 1e6
  // Shown with the second of the two codes that show it: the first one counts.
  const shown = CC1.findIndex(([first, second]) => (first & 127) === 0x14 && (second & 127) === 0x2f)
  const [hello] = of(cues, 'CC1')
  assert.ok(Math.abs(picture(hello!.timestamp) - shown) < 0.1, `shown at picture ${picture(hello!.timestamp)}`)
  assert.ok(Math.abs(picture(hello!.duration) - 22) < 0.1, `shown for ${picture(hello!.duration)} pictures`)
  const [window] = of(cues, 'SERVICE1')
  assert.ok(Math.abs(picture(window!.timestamp) - WINDOW_SHOWN) < 0.1)
  assert.ok(Math.abs(picture(window!.duration) - (WINDOW_GONE - WINDOW_SHOWN)) < 0.1)
})

test('of RTMP, decoded or not', async () => {
  for (const decode of [false, true]) {
    await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full' })
    assertWhole(await cuesOf(server.url(), { decode, reconnect: false, stallTimeout: 20_000 }))
  }
})

test('of a transport stream, whose units stand behind start codes', async () => {
  const stream = await remade(file, 'captions.ts')
  assertWhole(await cuesOf(`file:${stream}`, { decode: false, pace: 'none' }))
})

test('a cue that stands on the screen when the connection is lost is told, and the next one goes on', async () => {
  const { pairs } = new Line21().command('rcl').command('enm').row(15).text('STAYS').command('eoc')
  const source = { size: '160x90', fps: FPS, gop: 25, duration: 1 } as const
  const tags = parseFlv(readFileSync(await makeFile(tempFile('plain.flv'), source)))
  const standing = tempFile('standing.flv')
  writeFileSync(standing, writeFlv(captioned(tags, at => triples(pairs[at]))))
  for (const decode of [false, true]) {
    await using server = await startRtmpServer({ kind: 'serve-file', file: standing, pace: 'full', then: 'rst' })
    const reconnect = { initialDelay: 50, maxDelay: 50 }
    await using capture = new Capture(server.url(), { decode, reconnect, connectTimeout: 20_000 })
    const told: CaptionCue[] = []
    capture.captions$.subscribe(cue => void told.push(cue))
    await capture.start()
    await until(() => told.length >= 2, { timeout: 30_000, what: () => `${told.length} cues` })
    assert.ok(told.every(({ text, channel }) => `${channel} ${text}` === 'CC1 STAYS'))
    assert.ok(server.connections.length >= 2, `${server.connections.length} connections`)
  }
})

test('nothing is told to who comes late, and stop() tells what stands on the screen', async () => {
  await using capture = new Capture(`file:${file}`, { decode: false, loop: true, connectTimeout: 20_000 })
  const told: CaptionCue[] = []
  let completed = false
  await capture.start()
  capture.captions$.subscribe({ next: cue => void told.push(cue), complete: () => (completed = true) })
  const other = capture.captions$.subscribe(() => {})
  other.unsubscribe()
  await capture.stop()
  assert.ok(completed)
  // Who comes when all is over hears of the end alone.
  let late = ''
  capture.captions$.subscribe({ next: () => (late += 'cue'), complete: () => (late += 'end') })
  assert.is(late, 'end')
  assert.ok(told.length <= 2, `${told.length} cues`)
  assert.is(capture.stats().captionsDropped, 0)
})

test.run()
