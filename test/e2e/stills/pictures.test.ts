import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { overlay, RTMPCapture, RTMPOutput, type VideoFrame } from '../../../src/index'
import { meanColor, psnr, solid } from '../../support/media/picture'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { firstPicture, look } from '../lib/stills'

// One look at each thing that is done with pictures; the other files of this folder look closer.
const test = suite('pictures', { timeout: 40_000 })

const [width, height] = [320, 180]
const source = { size: '320x180', fps: 25, duration: 2, bitrate: '2M', pattern: 'smptebars', audio: {} } as const

let server: RtmpServer
let capture: RTMPCapture
let wanted: Buffer

test.before(async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, colorspace: 'bt709' })
  wanted = await firstPicture(file)
  server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  capture = new RTMPCapture(server.url(), { connectTimeout: 20_000, stallTimeout: 20_000 })
  await capture.start()
})

const square = { data: new Uint8Array(64 * 32 * 4).fill(255), width: 64, height: 32 }
const corner = { x: width - 60, y: height - 28, width: 56, height: 24 }

async function assertSame(still: Uint8Array, least = 33): Promise<void> {
  const decibel = psnr((await look(still)).rgb, wanted)
  assert.ok(decibel >= least, `${decibel} dB`)
}

test('a frame as JPEG and as PNG, and a snapshot', async () => {
  using frame = await capture.getFrame()
  await assertSame(await frame.toJPEG({ quality: 95 }))
  await assertSame(await frame.toPNG(), 40)
  await assertSame(await capture.snapshot({ quality: 95 }))
})

test('the last keyframe of a stream whose pictures are not decoded', async () => {
  await using deaf = new RTMPCapture(server.url(), { video: false, connectTimeout: 20_000, stallTimeout: 20_000 })
  await deaf.start()
  await assertSame(await deaf.snapshot({ quality: 95 }))
  assert.is((await deaf.getAudio(0.1)).samples.length, 8820)
  assert.is(deaf.stats().decoded, 0)
})

test('an overlay over frames, in a view', async () => {
  const view = capture.view({ format: 'NV12', fps: 10 })
  using frame = await firstValueFrom(view.frames$.pipe(overlay<VideoFrame>(square, { x: -1, y: -1 })))
  assert.is(frame.format, 'NV12')
  const { rgb } = await look(await frame.toPNG())
  assert.ok(
    meanColor(rgb, width, height, corner).every(value => value > 250),
    'white',
  )
})

test('an overlay over what an output sends, and its snapshot', async () => {
  await using sink = await startRtmpServer({ kind: 'accept-publish' })
  const marked = { image: square, x: -1, y: -1, opacity: 0.5 }
  await using output = new RTMPOutput(sink.url(), { width, height, overlay: marked, connectTimeout: 20_000 })
  await output.start()
  await output.writeFrame(solid(width, height, [40, 160, 90]))
  const { rgb } = await look(await output.snapshot())
  const seen = meanColor(rgb, width, height, corner).map(Math.round)
  const far = seen.map((value, i) => Math.abs(value - [148, 208, 172][i]!))
  // The fill may have been first: black, with the overlay over it.
  assert.ok(Math.max(...far) <= 6 || seen.every(value => Math.abs(value - 128) <= 6), seen.join())
})

test('a frame in another thread', async () => {
  const worker = new Worker(join(__dirname, 'worker-program.js'))
  const frame = await capture.getFrame()
  const sum = frame.data.reduce((all, value) => all + value, 0)
  worker.postMessage(frame.transfer())
  const [answer] = (await once(worker, 'message')) as [{ sum: number }]
  assert.is(answer.sum, sum)
  worker.postMessage('end')
  await once(worker, 'exit')
})

test.after(async () => {
  await capture.stop()
  await server.stop()
})
test.run()
