import { createCipheriv, randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/index'
import { AddressRules } from '../../../src/live/hls/address-rules'
import type { HttpClient } from '../../../src/live/hls/http-client'
import type { Segment } from '../../../src/live/hls/playlist'
import { SegmentSource, type Loaded } from '../../../src/live/hls/segment-source'
import { suite } from '../../support/suite'

// Segments that are encrypted by AES-128, of a server that is a table of answers.
const test = suite('hls: segments', { timeout: 30_000 })

const LIST = new URL('http://127.0.0.1/live.m3u8')
const KEY = randomBytes(16)
const VECTOR = randomBytes(16)
const SEGMENT: Segment = {
  sequence: 7,
  uri: '/7.mp4',
  durationMs: 1000,
  range: null,
  discontinuity: false,
  key: { method: 'AES-128', uri: '/key', vector: VECTOR },
  init: null,
  startsAt: null,
  gap: false,
}

/** What begins like fragmented MP4. */
function content(size: number): Buffer {
  const bytes = randomBytes(size)
  bytes.write('\0\0\0\x20moof', 0, 'latin1')
  return bytes
}

function encrypted(plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-cbc', KEY, VECTOR)
  return Buffer.concat([cipher.update(plain), cipher.final()])
}

function load(segment: Buffer, key: Buffer = KEY, mustRun: () => void = () => {}): Promise<Loaded> {
  const client = {
    get: async (url: URL) => ({ url, body: url.pathname === '/key' ? key : segment }),
    mustRun,
  } as unknown as HttpClient
  return new SegmentSource(client, new AddressRules(LIST, [], 'the stream')).load(SEGMENT, LIST, 1000)
}

const failure = async (loading: Promise<Loaded>): Promise<unknown> =>
  loading.then(
    () => null,
    (error: unknown) => error,
  )

test('a segment is decrypted whole, whatever its size', async () => {
  const piece = 256 * 1024
  for (const size of [8, 4095, 4096, piece - 16, piece - 1, piece, piece + 1, 3 * piece + 5]) {
    const plain = content(size)
    const { bytes, container } = await load(encrypted(plain))
    assert.ok(bytes.equals(plain), `${size} bytes`)
    assert.is(container, 'mp4')
  }
})

test('the event loop turns while a large one is decrypted', async () => {
  const plain = content(48 * 1024 * 1024)
  const segment = encrypted(plain)
  let [worstMs, turns, over, last] = [0, 0, false, performance.now()]
  const turn = (): void => {
    turns++
    worstMs = Math.max(worstMs, performance.now() - last)
    last = performance.now()
    if (!over) setImmediate(turn)
  }
  turn()
  const { bytes } = await load(segment)
  const tookMs = performance.now() - last
  over = true
  assert.ok(bytes.equals(plain))
  // A machine that decrypts as much within 30 ms need not turn between.
  assert.ok(turns > 1 || tookMs < 30, `${turns} turns, the longest one of ${worstMs} ms`)
})

test('a stop ends the decryption', async () => {
  const stopped = new RxGstError('ERR_ABORTED', 'the capture was stopped')
  // So much takes longer than the 10 ms of a turn, on any machine of these days.
  const segment = Buffer.alloc(128 * 1024 * 1024)
  let turns = 0
  const reason = await failure(
    load(segment, KEY, () => {
      turns++
      throw stopped
    }),
  )
  assert.is(reason, stopped)
  assert.is(turns, 1)
})

test('a wrong key, and bytes that were cut, are told', async () => {
  const segment = encrypted(content(100_000))
  for (const [bytes, key] of [
    [Buffer.from(segment), Buffer.alloc(16)],
    [Buffer.from(segment.subarray(0, 50_001)), KEY],
    [Buffer.alloc(0), KEY],
  ] as const) {
    const error = await failure(load(bytes, key))
    assert.instance(error, RxGstError)
    const { code, message } = error as RxGstError
    // A wrong key has a right padding by chance, once in 256 times.
    assert.is(code, 'ERR_BAD_STREAM')
    assert.match(message, /^segment 7 (?:cannot be decrypted with its key|is neither)/)
  }
  const short = await failure(load(Buffer.from(segment), Buffer.alloc(15)))
  assert.match((short as RxGstError).message, /15 bytes/)
})

test.run()
