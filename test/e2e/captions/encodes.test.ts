// Captions go with their frames into an output's pictures, and pass a relay as they are.
import { readFileSync, writeFileSync } from 'node:fs'
import { firstValueFrom, of } from 'rxjs'
import * as assert from 'uvu/assert'
import {
  Capture,
  overlay,
  Output,
  record,
  Relay,
  type CaptionCue,
  type OutputOptions,
  type RecordTarget,
} from '../../../src/index'
import { captioned, captionsIn, Line21, triples } from '../../support/media/captions'
import { exec } from '../../support/child'
import { makeFile } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, writeFlv } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { received, UNPACED } from '../lib/sent'
import { toTheEnd } from '../lib/served'

const test = suite('captions beside encodes', { timeout: 60_000 })

const SIZE = { width: 160, height: 90 } as const
const MARK = { data: new Uint8Array(4 * 16).fill(255), width: 4, height: 4 }
const SHOWN = 8
const PAIRS = new Line21().popOn(['ONE', 'TWO'], SHOWN).popOn(['THREE'], SHOWN).pairs

/** Each picture has a pair, and its number in a triple of field 2. */
async function source(fps: number): Promise<{ file: string; cc: Buffer[] }> {
  const video = { size: '160x90', fps, gop: fps, bframes: 2, duration: 2, audio: null } as const
  const tags = parseFlv(readFileSync(await makeFile(tempFile('plain.flv'), video)))
  const all = captioned(tags, at => triples(PAIRS[at], [at & 127, 1]))
  const file = tempFile('captions.flv')
  writeFileSync(file, writeFlv(all))
  return { file, cc: captionsIn(all) }
}

/** Everything of a file through frames into an output, which is stopped when it has sent so many pictures. */
async function through(
  file: string,
  target: string | RecordTarget,
  options: Partial<OutputOptions>,
  pictures = 0,
): Promise<string[]> {
  const seen: string[] = []
  await using capture = new Capture(`file:${file}`, { pace: 'none', connectTimeout: 20_000 })
  await using output = new Output(target, { ...SIZE, ...UNPACED, ...options })
  await output.start()
  await capture.start()
  await toTheEnd(async () => {
    for await (const frame of capture.aiterFrames()) {
      // With another handle open the overlay is laid on a copy.
      using whole = frame.clone()
      using marked = await firstValueFrom(of(frame).pipe(overlay(MARK)))
      seen.push(Buffer.from(whole.captions ?? []).toString('hex'))
      await output.writeFrame(marked, { timestamp: whole.timestamp })
    }
  })
  await until(() => output.stats().queued === 0)
  // On a busy machine stop() may leave out what is still encoded.
  await until(() => output.stats().packets >= pictures, { what: () => JSON.stringify(output.stats()) })
  await output.stop()
  return seen
}

async function sentTags(file: string, options: Partial<OutputOptions>, pictures?: number) {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const seen = await through(file, server.url(), options, pictures)
  return { seen, ...received(await server.connection(0, ({ open }) => !open)) }
}

/** ffmpeg's reading of CC1. */
async function ffmpegText(file: string): Promise<string> {
  const args = ['-v', 'error', '-f', 'lavfi', '-i', `movie=${file}[out0+subcc]`, '-map', '0:s', '-f', 'srt', '-']
  const { stdout } = await exec('ffmpeg', args, { timeout: 30_000 })
  const bare = stdout.toString().replaceAll(/<[^>]*>|\{\\[^}]*\}|\\h/g, '')
  return bare
    .split(/\r?\n/)
    .filter(line => /^[A-Z]+$/.test(line.trim()))
    .map(line => line.trim())
    .join(' ')
}

/** Pictures in which ffprobe finds captions, and all pictures. */
async function probed(file: string): Promise<[withCaptions: number, all: number]> {
  const { stdout } = await exec('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_frames', file], {
    timeout: 30_000,
  })
  const frames = stdout.toString().split('[FRAME]').slice(1)
  return [frames.filter(frame => /ATSC A53 Part 4 Closed Captions/.test(frame)).length, frames.length]
}

/** Our own reading of CC1. */
async function textsOf(file: string): Promise<string[]> {
  await using capture = new Capture(`file:${file}`, { decode: false, pace: 'none', connectTimeout: 20_000 })
  const texts: string[] = []
  const ended = new Promise<void>((resolve, reject) => {
    const next = ({ channel, text }: CaptionCue): void => void (channel === 'CC1' && texts.push(text))
    capture.captions$.subscribe({ next, complete: resolve, error: reject })
  })
  await capture.start()
  await ended
  return texts
}

test('each picture keeps its own, through an overlay and another encoder', async () => {
  const { file, cc } = await source(25)
  const sent = await sentTags(file, { fps: 25 }, 50)
  const got = captionsIn(sent.connection.tags)
  assert.equal(
    got.map(one => one.toString('hex')),
    cc.map(one => one.toString('hex')),
  )
  assert.equal(
    sent.seen,
    cc.map(one => one.toString('hex')),
  )
  assert.is(await ffmpegText(sent.file), 'ONE TWO THREE')
  const [withCaptions, all] = await probed(sent.file)
  assert.equal([withCaptions, all], [50, 50])
})

test('30 pictures a second into 25: all triples in order, and none twice', async () => {
  const { file, cc } = await source(30)
  const sent = await sentTags(file, { fps: 25 })
  const got = captionsIn(sent.connection.tags)
  assert.ok(got.length <= 51, `${got.length} pictures`)
  assert.is(Buffer.concat(got).toString('hex'), Buffer.concat(cc).toString('hex'))
  assert.is(await ffmpegText(sent.file), 'ONE TWO THREE')
})

test('HEVC has them too, and they are read from there', async () => {
  const { file } = await source(25)
  const folder = tempDir()
  await through(file, record(folder), { fps: 25, vcodec: 'libx265' }, 50)
  const { stdout } = await exec('find', [folder, '-name', '*.mp4'])
  const [made] = stdout.toString().trim().split('\n')
  assert.equal(await probed(made!), [50, 50])
  assert.equal(await textsOf(made!), ['ONE\nTWO', 'THREE'])
})

test('a relay copies them as they are', async () => {
  const { file } = await source(25)
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(input.url(), output.url(), { connectTimeout: 20_000 })
  await relay.start()
  const { tags } = await output.connection(0, it => it.tags.length > 60)
  await relay.stop()
  const sent = parseFlv(readFileSync(file)).filter(({ type }) => type === 'video')
  const known = new Set(sent.map(({ data }) => data.toString('hex')))
  const pictures = tags.filter(({ type, data }) => type === 'video' && data[1] === 1)
  assert.ok(pictures.length > 50)
  assert.ok(pictures.every(({ data }) => known.has(data.toString('hex')) && data.includes('GA94')))
})

test.run()
