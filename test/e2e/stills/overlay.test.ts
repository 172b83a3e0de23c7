// suite: deep
import * as assert from 'uvu/assert'
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs'
import { overlay, type PixelFormat, type VideoFrame } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { maxDifference, psnr } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { firstPicture, look, looped, makePng } from '../lib/stills'

const test = suite('overlay', { timeout: 60_000 })

const [width, height] = [160, 90]
const small = {
  size: `${width}x${height}`,
  fps: 25,
  audio: null,
  duration: 0.4,
  bitrate: '4M',
  pattern: 'smptebars',
} as const

/** A soft disc of alpha in strong colours. */
function disc(size: number): { data: Uint8Array; width: number; height: number } {
  const data = new Uint8Array(size * size * 4)
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i += 4) {
      const far = Math.hypot(x - size / 2, y - size / 2) / (size / 2)
      data.set([255 - 3 * x, 40 + 2 * y, 3 * x, Math.round(255 * Math.max(0, Math.min(1, 1.5 - 1.5 * far)))], i)
    }
  }
  return { data, width: size, height: size }
}

/** The same in JavaScript, over RGB. */
function laid(rgb: Uint8Array, image: ReturnType<typeof disc>, left: number, top: number, opacity: number): Uint8Array {
  const result = new Uint8Array(rgb)
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const [to_x, to_y] = [left + x, top + y]
      if (to_x < 0 || to_y < 0 || to_x >= width || to_y >= height) continue
      const [from, to] = [(y * image.width + x) * 4, (to_y * width + to_x) * 3]
      const alpha = (image.data[from + 3]! / 255) * opacity
      for (let n = 0; n < 3; n++)
        result[to + n] = Math.round(result[to + n]! * (1 - alpha) + image.data[from + n]! * alpha)
    }
  }
  return result
}

const places = [
  { x: 20, y: 10, opacity: 1, left: 20, top: 10 },
  { x: 21, y: 11, opacity: 0.5, left: 21, top: 11 },
  { x: -1, y: -1, opacity: 1, left: width - 40, top: height - 40 },
  { x: -17, y: 4, opacity: 1, left: width - 56, top: 4 },
  { x: width - 13, y: height - 7, opacity: 1, left: width - 13, top: height - 7 },
  { x: -width, y: 0, opacity: 1, left: 1 - 40, top: 0 },
  { x: 500, y: 0, opacity: 1, left: 500, top: 0 },
]

/** Frames with an overlay, and the picture that they become as a PNG. */
async function drawn(file: string, format: PixelFormat, place: (typeof places)[number]): Promise<Buffer> {
  const { x, y, opacity } = place
  let seen: Buffer = Buffer.alloc(0)
  await looped(file, { format }, async capture => {
    const one = firstValueFrom(capture.frames$.pipe(overlay<VideoFrame>(disc(40), { x, y, opacity })))
    await capture.start()
    using frame = await one
    seen = (await look(await frame.toPNG())).rgb
  })
  return seen
}

test('pixels as a loop in JavaScript would give them, in every place', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt709' })
  const under = await firstPicture(file)
  for (const place of places) {
    const wanted = laid(under, disc(40), place.left, place.top, place.opacity)
    const decibel = psnr(await drawn(file, 'RGB', place), wanted)
    assert.ok(decibel >= 44, `${JSON.stringify(place)}: ${decibel} dB`)
  }
})

test('the same in planar formats, 10 bits and grey, with their colours', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt709' })
  const under = await firstPicture(file)
  const [even, odd] = places as [(typeof places)[number], (typeof places)[number]]
  for (const format of ['RGBA', 'BGRA', 'I420', 'NV12', 'I420_10LE', 'P010'] as const) {
    for (const place of [even, odd]) {
      const wanted = laid(under, disc(40), place.left, place.top, place.opacity)
      const decibel = psnr(await drawn(file, format, place), wanted)
      assert.ok(
        decibel >= (format.includes('BGR') || format === 'RGBA' ? 44 : 33),
        `${format} ${place.x}: ${decibel} dB`,
      )
    }
  }
})

test('a PNG; frames that others hold stay as they are, and the order of frames', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt601' })
  const png = await makePng(disc(40))
  await looped(file, {}, async capture => {
    const plain = lastValueFrom(capture.frames$.pipe(take(8), toArray()))
    const over = lastValueFrom(capture.frames$.pipe(overlay<VideoFrame>(png, { x: 20, y: 10 }), take(8), toArray()))
    await capture.start()
    const [without, frames] = [await plain, await over]
    const seen = frames.map(frame => frame.timestamp)
    assert.equal(
      seen,
      without.map(frame => frame.timestamp),
    )
    for (const [i, frame] of frames.entries()) {
      const wanted = laid(without[i]!.data, disc(40), 20, 10, 1)
      assert.ok(maxDifference(frame.data, wanted) <= 2, `frame ${i}: ${maxDifference(frame.data, wanted)}`)
      assert.ok(psnr(without[i]!.data, wanted) < 40, 'the other consumer sees no overlay')
    }
    for (const frame of [...without, ...frames]) frame.close()
  })
})

test('what is no picture is refused at once, or when it is read', async () => {
  const code = (image: unknown, options?: unknown): string => {
    try {
      overlay(image as Uint8Array, options as undefined)
      return 'none'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  assert.is(code(new Uint8Array(100)), 'ERR_OPTION')
  assert.is(code({ data: new Uint8Array(4), width: 2, height: 2 }), 'ERR_OPTION')
  assert.is(code(null), 'ERR_OPTION')
  assert.is(code(disc(4), { opacity: 2 }), 'ERR_OPTION')
  assert.is(code(disc(4), { X: 2 }), 'ERR_OPTION')
  const torn = (await makePng(disc(40))).slice(0, 200)
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt601' })
  await looped(file, {}, async capture => {
    const one = firstValueFrom(capture.frames$.pipe(overlay<VideoFrame>(torn))).then(
      () => 'none',
      (error: { code: string }) => error.code,
    )
    await capture.start()
    assert.is(await one, 'ERR_OPTION')
  })
})

test.run()
