import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPCapture, type RTMPCaptureOptions } from '../../../src/index'
import { headerTag, intra, lengthed, pictureTag, pps, record, sps, START_CODE } from '../../support/media/h264'
import { startRtmpServer, writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { usage } from '../../support/usage'
import { serveWhole } from '../lib/served'

// What a stranger's H.264 may do to a parser, a decoder and its memory.
const test = suite('capture: pictures that mean harm', { timeout: 60_000 })

const HUGE = { width: 1024, height: 1000 } as const // macroblocks: 16,384 × 16,000 pixels, of which one takes 400 MB
const huge = (more: object = {}): Buffer => sps({ ...HUGE, ...more })
/** A picture of such a size, of which nothing is there: a decoder allocates all of it. */
const hollow = intra({ macroblocks: 0 })
const good = (count: number, from = 0): FlvTag[] =>
  Array.from({ length: count }, (_, i) => pictureTag((from + i) * 40, [intra({ number: i })]))

interface End {
  code: string
  pictures: number
  stats: ReturnType<RTMPCapture['stats']>
  /** MB beyond what was resident before, at its highest. */
  memory: number
}

const peak = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024

async function play(tags: FlvTag[], options: RTMPCaptureOptions = {}): Promise<End> {
  const file = tempFile('hostile.flv')
  writeFileSync(file, writeFlv(tags))
  // The kernel forgets the peak of the tests before, so that it is this one's.
  writeFileSync('/proc/self/clear_refs', '5')
  const before = usage().rss
  await using server = await startRtmpServer(serveWhole(file))
  await using capture = new RTMPCapture(server.url(), {
    reconnect: false,
    dropPolicy: 'block',
    connectTimeout: 20_000,
    stallTimeout: 20_000,
    ...options,
  })
  let pictures = 0
  const ended = new Promise<string>(resolve =>
    capture.frames$.subscribe({
      next: frame => (pictures++, frame.close()),
      error: error => resolve(error.code),
      complete: () => resolve('complete'),
    }),
  )
  await capture.start().catch(() => {})
  const code = await ended
  return { code, pictures, stats: capture.stats(), memory: (peak() - before) / 1e6 }
}

const REFUSED: Record<string, FlvTag[]> = {
  'in the stream': [headerTag(), ...good(2), pictureTag(80, [huge(), pps(), hollow])],
  'under another number, to be referred to later': [
    headerTag(),
    ...good(2),
    pictureTag(80, [huge({ id: 1 }), pps(1, 1)]),
    ...good(2, 3),
  ],
  'behind an empty unit': [headerTag(), ...good(2), pictureTag(80, [Buffer.alloc(0), huge(), pps(), hollow])],
  'behind a start code in another unit': [
    headerTag(),
    ...good(2),
    pictureTag(80, [
      Buffer.concat([Buffer.from([9, 0xf0]), START_CODE, huge(), START_CODE, pps(), START_CODE, hollow]),
    ]),
  ],
  'as no reference': [headerTag(), ...good(2), pictureTag(80, [huge({ header: 0x07 }), pps(), hollow])],
  'for a further layer': [headerTag(), ...good(2), pictureTag(80, [huge({ header: 0x6f }), pps(), hollow])],
  'in the record': [headerTag(record([huge()])), pictureTag(0, [hollow])],
  'among the record’s picture parameter sets': [headerTag(record([sps()], [pps(), huge()])), pictureTag(0, [hollow])],
  'behind a start code in the record': [
    headerTag(record([Buffer.concat([sps(), START_CODE, huge()])])),
    pictureTag(0, [hollow]),
  ],
  'in a record of another version': [
    headerTag(Buffer.concat([Buffer.from([0]), START_CODE, sps(), START_CODE, huge(), START_CODE, pps()])),
    pictureTag(0, [hollow]),
  ],
  'in fields that only libav reads': [headerTag(record([huge({ profile: 144 })])), pictureTag(0, [hollow])],
}

for (const [where, tags] of Object.entries(REFUSED)) {
  test(`a size that is too large, ${where}: refused before a decoder allocates`, async () => {
    const { code, memory } = await play(tags)
    assert.ok(['ERR_UNSUPPORTED_MEDIA', 'ERR_BAD_STREAM'].includes(code), code)
    assert.ok(memory < 200, `${memory.toFixed(0)} MB`)
  })
}

const MENDED: Record<string, Buffer> = {
  'start codes in place of lengths': Buffer.concat([
    Buffer.from([0, 0, 0, 1, 9, 255, 255, 255, 255]),
    START_CODE,
    huge(),
    START_CODE,
    pps(),
    START_CODE,
    hollow,
  ]),
  'a configuration record in place of a picture': record([huge()]),
  'a length beyond the message': Buffer.concat([lengthed([intra()]), Buffer.from([0, 0, 2, 0]), huge()]),
  'empty units and such of no type': lengthed([
    Buffer.alloc(0),
    Buffer.from([0x1f, 1]),
    Buffer.from([0x80]),
    intra({ number: 1 }),
    Buffer.alloc(0),
  ]),
}

for (const [what, data] of Object.entries(MENDED)) {
  test(`${what}: left out, and the stream goes on`, async () => {
    const { pictures, memory, stats } = await play([headerTag(), ...good(3), pictureTag(120, data), ...good(5, 4)])
    assert.ok(pictures >= 8, `${pictures} pictures`)
    assert.is(stats.mended, 1)
    assert.ok(memory < 200, `${memory.toFixed(0)} MB`)
  })
}

test('profiles: what every reader reads alike is decoded, the rest is refused', async () => {
  for (const profile of [66, 77, 88, 100, 122, 244]) {
    const { pictures } = await play([headerTag(record([sps({ profile })])), ...good(3)])
    assert.is(pictures, 3, `${profile}`)
  }
  for (const [profile, high] of [
    [144, false],
    [138, true],
    [118, true],
    [139, true],
    [0, false],
    [255, true],
  ] as const) {
    const { code } = await play([headerTag(record([sps({ profile, high })])), ...good(3)])
    assert.is(code, 'ERR_UNSUPPORTED_MEDIA', `${profile}`)
  }
})

test('depths: what GStreamer has a format for is decoded, the rest is refused before a decoder sees it', async () => {
  for (const depth of [8, 10, 12]) {
    for (const chroma of [0, 1, 2, 3]) {
      const set = sps({ profile: 244, chroma, depths: [depth, depth] })
      // What the pictures show is not asked here: they are written for 8 bits and 4:2:0.
      const { code } = await play([headerTag(record([set])), ...good(3)])
      const isTaken = code === 'ERR_STREAM_ENDED' || code === 'ERR_CONNECTION_LOST'
      assert.ok(isTaken, `${depth} bits, chroma ${chroma}: ${code}`)
    }
  }
  const refused = [9, 11, 13, 14].map(depth => [depth, depth] as const)
  for (const [index, depths] of [...refused, [8, 10] as const, [10, 8] as const].entries()) {
    const set = sps({ profile: 244, chroma: [0, 1, 3][index % 3]!, depths })
    const atBegin = await play([headerTag(record([set])), ...good(3)])
    assert.is(atBegin.code, 'ERR_UNSUPPORTED_MEDIA', `${depths}`)
    const later = await play([headerTag(), ...good(2), pictureTag(80, [set, pps(), intra()]), ...good(3, 3)])
    assert.is(later.code, 'ERR_UNSUPPORTED_MEDIA', `${depths}, within the stream`)
  }
})

const MANY: Record<string, Buffer[]> = {
  'sequence parameter sets': Array<Buffer>(100_000).fill(sps()),
  'picture parameter sets': Array.from({ length: 100_000 }, (_, i) => pps(i % 256)),
  'units of one byte': Array<Buffer>(1_000_000).fill(Buffer.from([0x0c])),
  'messages of additional information in a unit': [
    Buffer.concat([
      Buffer.from([6]),
      ...Array<Buffer>(200_000).fill(Buffer.from([5, 4, 1, 2, 3, 4])),
      Buffer.from([0x80]),
    ]),
  ],
}

for (const [what, units] of Object.entries(MANY)) {
  test(`${units.length > 1 ? units.length : 'very many'} ${what} in one picture: refused`, async () => {
    const { code, memory } = await play([headerTag(), ...good(2), pictureTag(80, units.concat(intra())), ...good(2, 3)])
    assert.is(code, 'ERR_BAD_STREAM')
    assert.ok(memory < 200, `${memory.toFixed(0)} MB`)
  })
}

test('as many parameter sets and slices as encoders send are taken', async () => {
  const slices = Array.from({ length: 100 }, () => [pps(), Buffer.from([0x0c, 0xff, 0x80])]).flat()
  const { pictures, stats } = await play([
    headerTag(),
    ...Array.from({ length: 10 }, (_, i) => pictureTag(i * 40, [sps(), ...slices, intra({ number: i })])),
  ])
  assert.equal([pictures, stats.mended], [10, 0])
})

test.run()
