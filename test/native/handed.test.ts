// Memory that JavaScript takes away while native threads read it, and memory that native threads take back while
// JavaScript sees it.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { firstValueFrom, toArray, take } from 'rxjs'
import * as assert from 'uvu/assert'
import { Runner } from '../../src/engine/runner'
import { TapSource } from '../../src/engine/sinks/tap-source'
import { gst, run } from '../../src/index'
import { native } from '../../src/addon/binding'
import type { NativePacer } from '../../src/addon/output'
import { suite } from '../support/suite'
import { until } from '../support/until'
import { pacerOptions } from './js/pacer-options'

// Behind flags in Node 20, and valid for contexts that begin afterwards; always there in Node 22.
setFlagsFromString('--harmony-rab-gsab-transfer')
setFlagsFromString('--harmony-rab-gsab')
setFlagsFromString('--expose-gc')
const realm = runInNewContext(
  '({ gc, transfer: ArrayBuffer.prototype.transfer, resize: ArrayBuffer.prototype.resize, ArrayBuffer })',
) as {
  gc: () => void
  transfer: (this: ArrayBuffer, length?: number) => ArrayBuffer
  resize: (this: ArrayBuffer, length: number) => void
  ArrayBuffer: new (length: number, options?: { maxByteLength: number }) => ArrayBuffer
}

const WIDTH = 320
const HEIGHT = 240
const BYTES = (WIDTH * HEIGHT * 3) / 2

/**
 * A picture of one shade in each kind of memory, and what a program may do with that memory: [name, memory, action].
 */
const WAYS: [name: string, memory: () => ArrayBufferLike, then: (memory: ArrayBufferLike) => void][] = [
  [
    'resized to nothing',
    () => new realm.ArrayBuffer(BYTES, { maxByteLength: BYTES }),
    memory => realm.resize.call(memory as ArrayBuffer, 0),
  ],
  [
    'transferred',
    () => new realm.ArrayBuffer(BYTES),
    memory => void (realm.transfer.call(memory as ArrayBuffer), realm.gc()),
  ],
  [
    'cloned away',
    () => new ArrayBuffer(BYTES),
    memory => void (structuredClone(memory, { transfer: [memory as ArrayBuffer] }), realm.gc()),
  ],
  [
    'posted away',
    () => new ArrayBuffer(BYTES),
    memory => {
      const { port1, port2 } = new MessageChannel()
      port1.postMessage(memory, [memory as ArrayBuffer])
      for (const port of [port1, port2]) port.close()
      realm.gc()
    },
  ],
  ['drawn into', () => new SharedArrayBuffer(BYTES), memory => void new Uint8Array(memory).fill(0)],
]

const test = suite('memory that is handed over', { timeout: 30_000 })

test('what is pushed is what comes out, whatever the program does to its memory right afterwards', async () => {
  const running = run(
    gst`appsrc name=in caps=video/x-raw,format=I420,width=${WIDTH},height=${HEIGHT},framerate=25/1 format=time !
      appsink name=out sync=false`,
  )
  const seen = firstValueFrom(running.frames$('out').pipe(take(WAYS.length), toArray()))
  await running.start()
  for (const [index, [name, memory, then]] of WAYS.entries()) {
    const bytes = memory()
    const pixels = new Uint8Array(bytes, 0, BYTES).fill(index + 1)
    const pushed = running.push('in', pixels)
    then(bytes)
    await pushed.catch(error => assert.unreachable(`${name}: ${error}`))
  }
  for (const [index, frame] of (await seen).entries()) {
    assert.ok(
      frame.data.every(byte => byte === index + 1),
      `${WAYS[index]![0]}: ${frame.data.subarray(0, 8)}`,
    )
    frame.close()
  }
  await running.stop()
})

/** The pictures that a program gives to its encoder, which is an appsink here. */
async function encoded(use: (program: NativePacer) => void, pictures: number): Promise<Uint8Array[]> {
  const graph = gst`
    appsrc name=v caps=video/x-raw,format=I420,width=${WIDTH},height=${HEIGHT},framerate=25/1 format=time !
      appsink name=vout sync=false
    appsrc name=a caps=audio/x-raw,format=F32LE,layout=interleaved,rate=44100,channels=2 format=time !
      fakesink sync=false async=false`
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const runner = new Runner(graph, {
    secrets: [],
    logger,
    wasLive: () => true,
    onError: error => assert.unreachable(error.message),
    onEos: () => {},
  })
  const source = new TapSource({ onChange: () => {} }, () => false)
  source.openVideo(
    runner.element('vout'),
    new (native().Timeline)(),
    {
      format: null,
      width: 0,
      height: 0,
      fpsN: 0,
      fpsD: 1,
      capacity: 10,
      policy: 'oldest',
    },
    new (native().FrameAccount)(2 ** 28),
  )
  const program = new (native().Pacer)(pacerOptions({ width: WIDTH, height: HEIGHT }), () => {})
  program.attach(program.open('pictures', 1), runner.element('v'))
  program.attach(program.open('audio', 1), runner.element('a'))
  try {
    await runner.setState('PLAYING')
    use(program)
    program.start()
    const seen: Uint8Array[] = []
    await until(
      () => {
        for (const { lease } of source.readPictures(10)) {
          lease.retain()
          seen.push(lease.bytes.slice())
          lease.release()
        }
        return seen.length >= pictures
      },
      { timeout: 20_000, what: () => `${seen.length} pictures` },
    )
    return seen
  } finally {
    source.close()
    program.close()
    await runner.stop()
  }
}
const write = (program: NativePacer, pixels: Uint8Array) => program.write(pixels, 'I420', 'next', 0, null, 44100, 2)

test('what is written is what is encoded, whatever the program does to its memory right afterwards', async () => {
  const pictures = await encoded(program => {
    for (const [index, [, memory, then]] of WAYS.entries()) {
      const bytes = memory()
      assert.instance(write(program, new Uint8Array(bytes, 0, BYTES).fill(index + 1)), Promise)
      // Before its thread has begun.
      then(bytes)
    }
    const gone = new Uint8Array(new realm.ArrayBuffer(BYTES))
    realm.transfer.call(gone.buffer as ArrayBuffer)
    assert.is(write(program, gone), 'wrong-size', 'gone before it was handed over')
  }, WAYS.length)
  for (const [index, data] of pictures.entries()) {
    assert.ok(
      data.every(byte => byte === index + 1),
      `${WAYS[index]![0]}: ${data.subarray(0, 8)}`,
    )
  }
})

test('a frame that is closed, or moved away, while its picture waits is encoded all the same', async () => {
  const running = run(
    gst`videotestsrc num-buffers=30 pattern=black !
      video/x-raw,format=I420,width=${WIDTH},height=${HEIGHT},framerate=25/1 ! appsink name=out sync=false`,
  )
  const taken = firstValueFrom(running.frames$('out').pipe(take(2), toArray()))
  await running.start()
  const frames = await taken
  await running.stop()
  const pictures = await encoded(program => {
    for (const [index, frame] of frames.entries()) {
      const { data } = frame
      assert.instance(write(program, data.fill(index + 1)), Promise)
      if (index === 1) realm.transfer.call(data.buffer as ArrayBuffer)
      frame.close()
    }
    // Other pictures take memory of this size meanwhile.
    const others = Array.from({ length: 4 }, () => write(program, new Uint8Array(BYTES).fill(99)))
    assert.ok(others.every(taken => taken instanceof Promise))
  }, 2)
  assert.equal(
    pictures.slice(0, 2).map(data => data.every(byte => byte === data[0]) && data[0]),
    [1, 2],
  )
})

test('the bytes of a closed frame that the program moved away stay, until they are collected', async () => {
  const running = run(
    gst`videotestsrc pattern=ball ! video/x-raw,format=RGB,width=${WIDTH},height=${HEIGHT},framerate=25/1 !
      appsink name=out sync=false`,
  )
  const allGiven = (): Promise<unknown> =>
    until(() => (realm.gc(), native().framePool().held === 0), {
      timeout: 10_000,
      what: () => JSON.stringify(native().framePool()),
    })
  await allGiven()
  let moved: Uint8Array | null = null
  let before: Uint8Array = new Uint8Array(0)
  let frames = 0
  let changed = 0
  running.frames$('out').subscribe(frame => {
    if (!moved) {
      moved = new Uint8Array(realm.transfer.call(frame.data.buffer as ArrayBuffer))
      before = moved.slice()
      assert.is(frame.data.byteLength, 0)
    } else if (Buffer.compare(moved, before) !== 0) {
      changed++
    }
    frame.close()
    frames++
  })
  await running.start()
  await until(() => frames >= 60, { timeout: 20_000, what: () => `${frames} frames` })
  await running.stop()
  assert.is(changed, 0)
  assert.is(native().framePool().held, WIDTH * HEIGHT * 3, 'its memory is still held')
  moved = null
  await allGiven()
})

test.run()
