import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/core/errors'
import { resolveOutputOptions } from '../../../src/live/options'
import type { VideoFrame } from '../../../src/core/types'
import { RTMPOutput } from '../../../src/live/output/rtmp-output'
import { checkFrame, checkAudio } from '../../../src/live/output/write'
import { suite } from '../../support/suite'

const test = suite('what is written')

const OPTIONS = resolveOutputOptions({ width: 64, height: 32, pixelFormat: 'RGBA' })
const BYTES = 64 * 32 * 4
const codeOf = (call: () => unknown): string => {
  try {
    call()
    return 'taken'
  } catch (error) {
    return error instanceof RxGstError ? error.code : String(error)
  }
}

test('pixels are bytes of any kind and realm: a canvas’s, those of another context', () => {
  const foreign = runInNewContext(
    `({ bytes: new Uint8Array(${BYTES}), clamped: new Uint8ClampedArray(${BYTES}), floats: new Float32Array(4) })`,
  ) as {
    bytes: Uint8Array
    clamped: Uint8ClampedArray
    floats: Float32Array
  }
  for (const pixels of [
    new Uint8Array(BYTES),
    new Uint8ClampedArray(BYTES),
    Buffer.alloc(BYTES),
    foreign.bytes,
    foreign.clamped,
  ]) {
    assert.is(checkFrame(pixels, OPTIONS).pixels, pixels)
    assert.is(resolveOutputOptions({ width: 64, height: 32, pixelFormat: 'RGBA', slate: pixels }).slate!.length, BYTES)
  }
  assert.is(checkAudio(foreign.floats, OPTIONS).samples, foreign.floats)
})

test('what has the right size and is no bytes is refused, and not encoded as something else', () => {
  const frame = (data: unknown): VideoFrame =>
    ({ width: 64, height: 32, format: 'RGBA', data }) as unknown as VideoFrame
  for (const data of [
    new ArrayBuffer(BYTES),
    new DataView(new ArrayBuffer(BYTES)),
    new Float32Array(BYTES / 4),
    new Int8Array(BYTES),
    { byteLength: BYTES },
  ]) {
    assert.is(
      codeOf(() => checkFrame(frame(data), OPTIONS)),
      'ERR_OPTION',
    )
    assert.is(
      codeOf(() => checkFrame(data as never, OPTIONS)),
      'ERR_OPTION',
    )
  }
  assert.is(
    codeOf(() => checkFrame(new Uint8Array(BYTES - 1), OPTIONS)),
    'ERR_FRAME_SIZE',
  )
  assert.is(
    codeOf(() => checkFrame(frame(new Uint8ClampedArray(BYTES)), OPTIONS)),
    'taken',
  )
})

test('a target tells where it sends to, without its key, and its counters', () => {
  const output = new RTMPOutput('rtmp://me:password@h/app/S3CR3T?token=abcdefgh', { width: 64, height: 32 })
  const [target] = output.targets
  assert.is(target!.url, 'rtmp://***@h:1935/app/***')
  const none = { packets: 0, bytes: 0, dropped: 0, outBytes: 0, queueMs: 0, reconnects: 0, srt: null }
  assert.equal(target!.stats(), none)
  assert.not.match(JSON.stringify(output), 'S3CR3T')
})

test.run()
