import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { filter, firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { branch, chain, el, gst, pad, pipeline, run } from '../../../src/index'
import { exec } from '../../support/child'
import { decodeFrames, probe } from '../../support/peers/ffmpeg'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { all, over, running } from '../lib/running'
import { timed } from '../lib/timed'

const test = suite('run: how pipelines end')
/** Processes that begin, several at once. */
const SLOWLY = { timeout: 90_000 }

test('a stream that ends by itself: eos on the bus, stopped, no reason; the file is whole', async () => {
  const file = tempFile('whole.mp4')
  await running(
    gst`videotestsrc num-buffers=50 ! video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! x264enc ! mp4mux !
      filesink location=${file}`,
    async p => {
      const phases: string[] = []
      p.state$.subscribe(({ phase }) => phases.push(phase))
      const messages = all(p.bus$)
      await p.start()
      await over(p)
      assert.equal(phases, ['idle', 'connecting', 'live', 'stopping', 'stopped'])
      assert.is(p.state.reason, null)
      assert.is((await messages).at(-1)!.type, 'eos')
      assert.is((await decodeFrames(file, 'gray')).length, 50)
      // Its elements can be asked until stop().
      assert.is(p.get('filesink0', 'location'), file)
    },
  )
})

test(
  'stop() in the middle: what was recorded can be played to its end',
  async () => {
    for (const [mux, name] of [
      ['mp4mux', 'cut.mp4'],
      ['matroskamux', 'cut.mkv'],
      ['flvmux', 'cut.flv'],
    ] as const) {
      const file = tempFile(name)
      const ends = pipeline(el(mux, { name: 'mux' }), el('filesink', { location: file }))
      const p = run(
        pipeline(
          gst`videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! tee name=t
          t. ! queue ! x264enc tune=zerolatency ! h264parse ! queue name=v
          t. ! queue ! appsink name=made
          audiotestsrc is-live=true ! avenc_aac ! aacparse ! queue name=a`,
          branch('v', pad('mux')),
          branch('a', pad('mux')),
          chain(ends),
        ),
        { startTimeout: 60_000 },
      )
      let made = 0
      p.frames$('made').subscribe(frame => {
        made++
        frame.close()
      })
      await p.start()
      // What the encoder has not done yet is in front of the end that stop() sends.
      await until(() => made >= 10, { what: 'ten pictures', timeout: 60_000 })
      const took = await timed(() => p.stop())
      assert.ok(took < 10_000, `${took} ms`)
      assert.is(p.state.phase, 'stopped')
      const { video, audio } = await probe(file)
      assert.ok(video && audio, name)
      assert.ok((await decodeFrames(file, 'gray')).length >= 5, name)
    }
  },
  SLOWLY,
)

test('stop() of what only JS reads does not wait for an end', async () => {
  await running(
    gst`videotestsrc is-live=true ! video/x-raw,width=64,height=48 ! x264enc ! appsink name=out`,
    async p => {
      const packets = all(p.packets$('out'))
      await p.start()
      const took = await timed(() => p.stop())
      await packets
      assert.ok(took < 2000, `${took} ms`)
      // Once more waits for nothing.
      let over = false
      void p.stop().then(() => (over = true))
      await new Promise(setImmediate)
      assert.ok(over)
    },
  )
})

test('a muxer before an appsink: its last packets come before stop() completes', async () => {
  const p = run(
    gst`videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=25/1 !
      x264enc name=encoder tune=zerolatency ! mp4mux ! appsink name=out sync=false`,
  )
  const packets = all(p.packets$('out'))
  await p.start()
  await firstValueFrom(p.probe$('encoder.src', 20).pipe(filter(({ buffers }) => buffers >= 10)))
  await p.stop()
  const bytes = Buffer.concat((await packets).map(({ data }) => data))
  // The index is the last thing that an MP4 has.
  assert.ok(bytes.includes('moov'), `${bytes.length} bytes`)
})

test('a subscriber that is slow, or gone, holds no stop() back', async () => {
  const p = run(
    gst`videotestsrc ! video/x-raw,format=RGB,width=64,height=48 ! appsink name=out sync=false max-buffers=1`,
  )
  const held: { close(): void }[] = []
  p.frames$('out').subscribe(frame => void (held.length < 3 ? held.push(frame) : frame.close()))
  await p.start()
  await until(() => held.length === 3)
  const took = await timed(() => p.stop())
  assert.ok(took < 3000, `${took} ms`)
  held.forEach(frame => frame.close())
})

test('branches of a demuxer without queues wait for each other: start() does not wait for ever', async () => {
  const file = tempFile('av.mkv')
  await running(
    gst`videotestsrc num-buffers=25 ! video/x-raw,width=64,height=48 ! jpegenc ! matroskamux name=m !
      filesink location=${file}  audiotestsrc num-buffers=40 ! m.`,
    async p => {
      await p.start()
      await over(p)
    },
  )
  assert.ok(statSync(file).size > 1000)
  const warnings: unknown[] = []
  const logger = { ...console, debug: () => {}, info: () => {}, warn: (text: unknown) => void warnings.push(text) }
  const p = run(gst`filesrc location=${file} ! matroskademux name=d  d.video_0 ! fakesink  d.audio_0 ! fakesink`, {
    logger,
    startTimeout: 2000,
  })
  await p.start()
  assert.is(p.state.phase, 'connecting')
  assert.match(String(warnings), /put a queue before fakesink[01], or set its async to false/)
  await p.stop()
})

test('await using stops it', async () => {
  const p = run(gst`videotestsrc is-live=true ! fakesink`)
  {
    await using pipeline = p
    await pipeline.start()
  }
  assert.is(p.state.phase, 'stopped')
})

test(
  'a process ends with its last pipeline, whether it was stopped or not',
  async () => {
    const index = resolve(__dirname, '../../../src/index.js')
    assert.ok(existsSync(index))
    const scripts = {
      'the end of the stream':
        "const p = run(gst`videotestsrc num-buffers=10 ! fakesink`); p.start().then(() => console.log('started'))",
      failed: 'const p = run(gst`filesrc location=/nowhere ! fakesink`); p.start().catch((e) => console.log(e.code))',
      stopped:
        "const p = run(gst`videotestsrc is-live=true ! appsink name=a`); p.frames$('a').subscribe(f => f.close()); " +
        "p.start().then(() => p.stop()).then(() => console.log('stopped'))",
      'process.exit while it runs':
        "const p = run(gst`videotestsrc is-live=true ! appsink name=a`); p.frames$('a').subscribe(f => f.close()); " +
        'p.start().then(() => setTimeout(() => process.exit(0), 100))',
      'never started':
        "const p = run(gst`videotestsrc name=s ! fakesink`); console.log(p.get('s', 'pattern')); p.stop()",
    }
    await Promise.all(
      Object.entries(scripts).map(async ([what, script]) => {
        // The end of exec() is the proof: a process that did not end would be killed.
        const took = await timed(() =>
          exec(process.execPath, ['-e', `const { run, gst } = require(${JSON.stringify(index)}); ${script}`], {
            timeout: 85_000,
          }),
        )
        assert.ok(took < 80_000, `${what}: ${took} ms`)
      }),
    )
  },
  SLOWLY,
)

test(
  'fifty graphs leave no object, file or thread',
  async () => {
    const { stdout } = await exec(
      process.execPath,
      [resolve(__dirname, '../../../../scripts/graphs.mjs'), '--graphs', '50', '--every', '25'],
      { timeout: 120_000 },
    )
    assert.match(stdout.toString(), /flat {6}objects: 0 → 0/)
  },
  { timeout: 150_000 },
)

test.run()
