import { readFileSync } from 'node:fs'
import { map } from 'rxjs'
import * as assert from 'uvu/assert'
import { el, gst, pipeline, type AudioChunk, type PixelFormat, type RunningPipeline } from '../../../src/index'
import { exec } from '../../support/child'
import { decodeFrames, makeFile, probe } from '../../support/peers/ffmpeg'
import { meanColor, psnr, solid } from '../../support/media/picture'
import { sine, toneLevel } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { OwnFrames } from '../lib/own-frames'
import { all, openLeases, over, running, shown } from '../lib/running'
import { codeOf, concat } from '../lib/served'

const test = suite('run: what is pushed into an appsrc')

const chunk = (from: number, count: number, timestamp: number): AudioChunk => ({
  samples: sine({ frequency: 1000, rate: 48_000, from, count, channels: 2 }),
  sampleRate: 48_000,
  channels: 2,
  timestamp,
  duration: (count / 48_000) * 1e6,
  discontinuity: false,
})

test('frames in every format and at odd sizes come out as they went in', async () => {
  const [width, height] = [67, 45]
  for (const format of ['RGB', 'RGBA', 'BGRA', 'GRAY8', 'I420', 'NV12'] as PixelFormat[]) {
    // What GStreamer makes of it, with rows of its own length, and back.
    await running(
      gst`appsrc name=in ! videoconvert ! video/x-raw,format=BGRx ! videoconvert ! video/x-raw,format=${format} !
        appsink name=out sync=false`,
      async p => {
        const frames = all(p.frames$('out').pipe(map(shown)))
        await p.start()
        const own = new OwnFrames(width, height, 25, format)
        const bytes = { RGB: 3, RGBA: 4, BGRA: 4, GRAY8: 1 }[format as string]
        const size = bytes ? width * height * bytes : width * height + 2 * 34 * 23
        const picture = Uint8Array.from({ length: size }, (_, i) =>
          bytes && bytes === 4 && i % 4 === 3 ? 255 : 60 + ((i / 7) % 120),
        )
        // Chroma in the middle: a round trip through RGB keeps it.
        if (!bytes) picture.fill(128, width * height)
        for (let i = 0; i < 3; i++) {
          const frame = own.make(picture)
          await p.push('in', frame)
          frame.close()
        }
        p.endOfStream('in')
        const seen = await frames
        assert.equal(
          seen.map(({ timestamp }) => timestamp),
          [0, 40_000, 80_000],
          format,
        )
        assert.is(seen[0]!.width, width)
        assert.ok(psnr(seen[2]!.data, picture) > 38, `${format}: ${psnr(seen[2]!.data, picture)}`)
        assert.is(own.open, 0)
      },
    )
  }
})

test('frames and sound into a muxer: caps come from what is pushed; the file is what was pushed', async () => {
  const file = tempFile('pushed.mkv')
  await running(
    gst`appsrc name=v ! videoconvert ! x264enc tune=zerolatency ! matroskamux name=m ! filesink location=${file}
      appsrc name=a ! audioconvert ! flacenc ! m.`,
    async p => {
      await p.start()
      assert.is(p.state.phase, 'live')
      const own = new OwnFrames(64, 48, 25)
      for (let i = 0; i < 50; i++) {
        const frame = own.make(solid(64, 48, i < 25 ? [255, 0, 0] : [0, 0, 255]))
        await p.push('v', frame)
        frame.close()
        await p.push('a', chunk(i * 1920, 1920, i * 40_000))
      }
      assert.is(p.stats().sources.v!.pushed, 50)
      p.endOfStream('v')
      p.endOfStream('a')
      await over(p)
      assert.is(own.open, 0)
    },
  )
  const { video } = await probe(file)
  assert.equal([video!.width, video!.height], [64, 48])
  assert.is(video!.avg_frame_rate, '25/1')
  const frames = await decodeFrames(file, 'rgb24')
  assert.is(frames.length, 50)
  for (const [at, wanted] of [
    [10, [255, 0, 0]],
    [40, [0, 0, 255]],
  ] as const) {
    const mean = meanColor(frames[at]!.data, 64, 48)
    mean.forEach((value, index) => assert.ok(Math.abs(value - wanted[index]!) < 12, `picture ${at}: ${mean}`))
  }
})

test('sound comes out sample for sample', async () => {
  await running(
    gst`appsrc name=in ! audioconvert ! audio/x-raw,format=S32LE ! appsink name=out sync=false`,
    async p => {
      const chunks = all(p.audio$('out'))
      await p.start()
      for (let i = 0; i < 20; i++) await p.push('in', chunk(i * 960, 960, i * 20_000))
      p.endOfStream('in')
      const sound = await chunks
      const left = concat(sound.map(({ samples }) => samples)).filter((_, i) => i % 2 === 0)
      assert.is(left.length, 20 * 960)
      assert.ok(Math.abs(toneLevel(left, 48_000, 1000) - 0.5) < 0.01)
      assert.ok(sound.every(({ discontinuity }, i) => discontinuity === (i === 0)))
    },
  )
})

test('raw bytes by the caps of the appsrc are the next picture; bytes of a file find out what they are', async () => {
  const source = el('appsrc', { name: 'in', caps: 'video/x-raw,format=RGB,width=66,height=50,framerate=50/1' })
  await running(pipeline(source, el('appsink', { name: 'out', sync: false })), async p => {
    const frames = all(p.frames$('out').pipe(map(shown)))
    await p.start()
    for (let i = 0; i < 5; i++) await p.push('in', solid(66, 50, [i, 100, 200]))
    p.endOfStream('in')
    const seen = await frames
    assert.equal(
      seen.map(({ timestamp, duration }) => [timestamp, duration]),
      [0, 1, 2, 3, 4].map(i => [i * 20_000, 20_000]),
    )
    assert.equal(
      seen.map(({ data }) => [...data.slice(-3)]),
      [0, 1, 2, 3, 4].map(i => [i, 100, 200]),
    )
  })
  const file = await makeFile(tempFile('whole.mp4'), { size: '64x48', fps: 25, duration: 1, audio: null })
  await running(gst`appsrc name=in ! decodebin ! videoconvert ! appsink name=out sync=false`, async p => {
    const frames = all(p.frames$('out').pipe(map(shown)))
    await p.start()
    const bytes = readFileSync(file)
    for (let at = 0; at < bytes.length; at += 777) await p.push('in', bytes.subarray(at, at + 777))
    p.endOfStream('in')
    assert.is((await frames).length, 25)
  })
})

test('packets out of one pipeline into another: a remux without transcoding', async () => {
  const from = await makeFile(tempFile('from.mkv'), { size: '64x48', fps: 25, duration: 2 })
  const to = tempFile('to.mkv')
  const demux = gst`filesrc location=${from} ! matroskademux name=d  d.video_0 ! queue ! h264parse !
    appsink name=v sync=false  d.audio_0 ! queue ! aacparse ! appsink name=a sync=false`
  const mux = gst`appsrc name=v ! h264parse ! matroskamux name=m ! filesink location=${to}  appsrc name=a ! aacparse !
    m.`
  await running(demux, source =>
    running(mux, async target => {
      await target.start()
      const copy = async (name: string): Promise<void> => {
        const pushes: Promise<void>[] = []
        await new Promise<void>((resolve, reject) =>
          source.packets$(name).subscribe({
            next: packet => void pushes.push(target.push(name, packet)),
            error: reject,
            complete: resolve,
          }),
        )
        await Promise.all(pushes)
        target.endOfStream(name)
      }
      const copied = Promise.all([copy('v'), copy('a')])
      await source.start()
      await copied
      await over(target)
    }),
  )
  const packets = async (file: string, type: string) =>
    (await probe(file, { seconds: 10 })).packets.filter(packet => packet.codec_type === type)
  for (const type of ['video', 'audio']) {
    const [a, b] = [await packets(from, type), await packets(to, type)]
    assert.is(b.length, a.length, type)
    assert.equal(
      b.map(({ flags }) => flags[0]),
      a.map(({ flags }) => flags[0]),
    )
  }
  // The parser of 1.26 writes the parameter sets into the first packet, too, that of 1.22 does not: as GStreamer alone.
  const alone = tempFile('alone.mkv')
  const line =
    `filesrc location=${from} ! matroskademux ! h264parse ! queue ! h264parse ! matroskamux ! filesink ` +
    `location=${alone}`
  await exec('gst-launch-1.0', ['-q', ...line.split(' ')])
  const sizes = async (file: string) => (await packets(file, 'video')).map(({ size }) => size)
  assert.equal(await sizes(to), await sizes(alone))
  assert.equal((await sizes(to)).slice(1), (await sizes(from)).slice(1))
})

test('a full appsrc leaves the promise pending and the event loop alone', async () => {
  // One picture in two seconds goes through; more than two wait for room.
  const graph = gst`appsrc name=in max-buffers=2 max-bytes=0 max-time=0 ! identity name=slow sleep-time=2000000 !
    fakesink`
  await running(graph, async p => {
    await p.start()
    const own = new OwnFrames(640, 480, 20)
    const frames = Array.from({ length: 12 }, () => own.make(new Uint8Array(640 * 480 * 3)))
    let done = 0
    const pushes = frames.map(frame => p.push('in', frame).then(() => done++))
    frames.forEach(frame => frame.close())
    for (let i = 0; i < 20; i++) await sleep(5)
    assert.ok(done < 12, 'no push waits')
    assert.ok(own.open > 0, 'pixels that were not read yet are held')
    p.set('slow', { 'sleep-time': 0 })
    await Promise.all(pushes)
    assert.is(own.open, 0)
    assert.is(p.stats().sources.in!.pending, 0)
  })
})

test('stop() and an error of the pipeline end what is pending; pixels are let go of', async () => {
  const own = new OwnFrames(640, 480, 20)
  const fill = (p: RunningPipeline) =>
    Array.from({ length: 20 }, () => {
      const frame = own.make(new Uint8Array(640 * 480 * 3))
      const pushed = codeOf(p.push('in', frame))
      frame.close()
      return pushed
    })
  let pushes: Promise<string>[] = []
  await running(gst`appsrc name=in max-buffers=1 max-bytes=0 ! identity sleep-time=500000 ! fakesink`, async p => {
    await p.start()
    pushes = fill(p)
    await until(() => p.stats().sources.in!.pushed > 0)
  })
  assert.ok((await Promise.all(pushes)).includes('ERR_NOT_RUNNING'))
  assert.is(own.open, 0)
  await running(gst`appsrc name=in max-buffers=1 max-bytes=0 ! identity error-after=2 ! fakesink`, async p => {
    await p.start()
    const results = await Promise.all(fill(p))
    assert.ok(results.includes('ERR_PIPELINE'), results.join())
    assert.is(await codeOf(p.push('in', new Uint8Array(1))), 'ERR_PIPELINE')
  })
  assert.is(own.open, 0)
})

test('what does not fit is refused, and says what does', async () => {
  const graph = pipeline(
    el('appsrc', { name: 'in', caps: 'video/x-raw,format=RGB,width=64,height=48,framerate=25/1' }),
    el('fakesink', { name: 'sink' }),
  )
  await running(graph, async p => {
    const frame = (format: PixelFormat, width: number, height: number, timestamp = 0) =>
      ({
        data: new Uint8Array(width * height * (format === 'RGBA' ? 4 : 3)),
        format,
        width,
        height,
        timestamp,
        duration: 33_333,
      }) as never
    const told = (value: unknown, options = {}) =>
      p.push('in', value as never, options).then(
        () => 'ok',
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      )
    assert.match(await told(new Uint8Array(9216)), /^ERR_NOT_RUNNING: call start\(\) first/)
    await p.start()
    assert.is(await told(frame('RGB', 64, 48)), 'ok')
    assert.match(await told(frame('RGBA', 64, 48)), /^ERR_WRONG_MEDIA: the appsrc in takes .*RGB.*not .*RGBA/)
    assert.match(await told(frame('RGB', 32, 48)), /^ERR_WRONG_MEDIA/)
    assert.match(
      await told({ samples: new Float32Array(2), sampleRate: 48_000, channels: 1, timestamp: 0, duration: 0 }),
      /^ERR_WRONG_MEDIA/,
    )
    assert.match(await told(new Uint8Array(100)), /^ERR_FRAME_SIZE: expected 9216 bytes/)
    assert.match(
      await told({ data: new Uint8Array(5), format: 'RGB', width: 64, height: 48, timestamp: 0, duration: 0 }),
      /^ERR_FRAME_SIZE/,
    )
    assert.match(await told('bytes'), /^ERR_OPTION/)
    assert.match(await told({ data: new Uint8Array(5) }), /^ERR_OPTION/)
    assert.match(await told(new Uint8Array(9216), { timestamp: -1 }), /^ERR_TIMESTAMP/)
    assert.is(await told(new Uint8Array(9216), { timestamp: 50_000 }), 'ok')
    assert.match(await told(frame('RGB', 64, 48, 40_000)), /^ERR_TIMESTAMP: .*before the last one/)
    assert.is(await codeOf(p.push('sink', new Uint8Array(1))), 'ERR_WRONG_MEDIA')
    assert.is(await codeOf(p.push('inn', new Uint8Array(1))), 'ERR_UNKNOWN_ELEMENT')
    p.endOfStream('in')
    assert.match(await told(new Uint8Array(9216)), /^ERR_NOT_RUNNING: endOfStream/)
    await over(p)
    assert.match(await told(new Uint8Array(9216)), /^ERR_NOT_RUNNING/)
  })
})

test('thousands of pushes that nobody awaits are refused, not kept', async () => {
  await running(
    gst`appsrc name=in caps=application/x-test max-buffers=1 ! identity sleep-time=200000 ! fakesink`,
    async p => {
      await p.start()
      const results = await Promise.all([
        ...Array.from({ length: 1100 }, () => codeOf(p.push('in', new Uint8Array(10)))),
        sleep(50).then(() => p.stop()),
      ])
      assert.ok(results.includes('ERR_WRITE_OVERFLOW'))
    },
  )
})

test('a live appsrc with do-timestamp stamps by the clock', async () => {
  await running(gst`appsrc name=in is-live=true do-timestamp=true ! appsink name=out sync=false`, async p => {
    const packets = all(p.packets$('out'))
    await p.start()
    await sleep(120)
    await p.push('in', {
      data: Uint8Array.of(1),
      caps: 'application/x-test',
      timestamp: 5,
      dts: 5,
      duration: null,
      keyframe: true,
      header: false,
    })
    p.endOfStream('in')
    const [packet] = await packets
    assert.ok(packet!.timestamp! > 50_000, String(packet!.timestamp))
    assert.equal([...packet!.data], [1])
    assert.is(packet!.caps, 'application/x-test')
  })
  assert.is(openLeases(), 0)
})

test.run()
