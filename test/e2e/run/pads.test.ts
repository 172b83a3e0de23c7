import { filter, firstValueFrom, map, tap } from 'rxjs'
import * as assert from 'uvu/assert'
import { branch, el, gst, pipeline } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { meanColor } from '../../support/media/picture'
import { toneLevel } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { all, over, running, shown } from '../lib/running'
import { codeOf, concat } from '../lib/served'

const test = suite('run: pads that come with the data, and pads that are asked for')

let both = ''
let silent = ''
test.before(async () => {
  both = await makeFile(tempFile('both.mp4'), {
    size: '64x48',
    fps: 25,
    duration: 2,
    audio: { frequency: 440, rate: 48_000 },
  })
  silent = await makeFile(tempFile('silent.mp4'), { size: '64x48', fps: 25, duration: 1, audio: null })
})

const tone = (chunks: readonly { samples: Float32Array; channels: number; sampleRate: number }[]) =>
  toneLevel(
    concat(chunks.map(({ samples }) => samples)).filter((_, i) => i % chunks[0]!.channels === 0),
    chunks[0]!.sampleRate,
    440,
  )

test('decodebin: unnamed branches take the pad whose caps fit, in either order', async () => {
  for (const order of [0, 1]) {
    const branches = [gst`audioconvert ! appsink name=a sync=false`, gst`videoconvert ! appsink name=v sync=false`]
    if (order === 1) branches.reverse()
    const graph = pipeline(
      el('filesrc', { location: both }),
      el('decodebin', { name: 'd' }),
      ...branches.map(part => branch('d', el('queue'), part)),
    )
    await running(graph, async p => {
      const [frames, chunks] = [all(p.frames$('v', { format: 'RGB' }).pipe(map(shown))), all(p.audio$('a'))]
      await p.start()
      assert.equal(
        (await frames).map(({ timestamp }) => timestamp),
        Array.from({ length: 50 }, (_, i) => i * 40_000),
      )
      const sound = await chunks
      assert.ok(tone(sound) > 0.4, `tone ${tone(sound)}`)
      await over(p)
      assert.is(p.state.reason, null)
    })
  }
})

test('decodebin and uridecodebin: a stream that no branch takes does not stop the others', async () => {
  for (const graph of [
    gst`filesrc location=${both} ! decodebin ! videoconvert ! appsink name=v sync=false`,
    gst`uridecodebin uri=${`file://${both}`} ! videoconvert ! appsink name=v sync=false`,
  ]) {
    await running(graph, async p => {
      const [frames, messages] = [all(p.frames$('v').pipe(map(shown))), all(p.bus$)]
      await p.start()
      assert.is((await frames).length, 50)
      await over(p)
      const unlinked = (await messages).find(({ detail }) => detail.name === 'rxgst-unlinked')
      assert.match(String(unlinked?.detail.caps), /^audio\/x-raw/)
    })
  }
})

test('a branch whose stream the file lacks ends, empty, and holds nothing back', async () => {
  await running(
    gst`filesrc location=${silent} ! decodebin name=d  d. ! audioconvert ! appsink name=a sync=false
      d. ! videoconvert ! appsink name=v sync=false`,
    async p => {
      const [frames, chunks] = [all(p.frames$('v').pipe(map(shown))), all(p.audio$('a'))]
      await p.start()
      assert.is((await frames).length, 25)
      assert.equal(await chunks, [])
      await over(p)
      assert.is(p.state.phase, 'stopped')
    },
  )
})

test('nothing of a file fits any branch: an error that names both caps', async () => {
  await running(
    gst`filesrc location=${silent} ! decodebin name=d ! audioconvert ! appsink name=a sync=false`,
    async p => {
      const chunks = all(p.audio$('a'))
      const error = await Promise.all([p.start(), chunks]).then(
        () => null,
        (caught: Error) => caught,
      )
      assert.match(String(error?.message), /src_0 gives video\/x-raw.*takes audio\/x-raw/)
      assert.is(await codeOf(chunks), 'ERR_LINK')
    },
  )
})

test('qtdemux: pads by name, and by the caps behind them', async () => {
  const byName = gst`filesrc location=${both} ! qtdemux name=d  d.video_0 ! queue ! appsink name=v sync=false
    d.audio_0 ! queue ! appsink name=a sync=false`
  const byCaps = gst`filesrc location=${both} ! qtdemux name=d  d. ! audio/mpeg ! queue ! appsink name=a sync=false
    d. ! video/x-h264 ! queue ! appsink name=v sync=false`
  for (const graph of [byName, byCaps]) {
    await running(graph, async p => {
      const [video, audio] = [all(p.packets$('v')), all(p.packets$('a'))]
      await p.start()
      assert.match((await video)[0]!.caps, /^video\/x-h264/)
      assert.match((await audio)[0]!.caps, /^audio\/mpeg/)
      assert.is((await video).length, 50)
    })
  }
})

test('a demuxer has no pad of that kind: told before the start', async () => {
  await running(gst`filesrc location=${both} ! qtdemux name=d d.text ! fakesink`, async p => {
    assert.is(await codeOf(p.start()), 'ERR_LINK')
  })
})

test('compositor: pads asked for by name, their properties, and the same while it runs', async () => {
  const graph = gst`
    compositor name=mix background=black sink_1::xpos=32 sink_1::ypos=16 sink_1::zorder=2 !
      video/x-raw,format=RGB,width=64,height=48,framerate=25/1 ! appsink name=out
    videotestsrc is-live=true pattern=red ! video/x-raw,width=64,height=48,framerate=25/1 ! mix.sink_0
    videotestsrc is-live=true pattern=blue ! video/x-raw,width=16,height=16,framerate=25/1 ! mix.sink_1`
  const colors = (data: Uint8Array) =>
    [
      meanColor(data, 64, 48, { x: 34, y: 18, width: 10, height: 10 }),
      meanColor(data, 64, 48, { x: 2, y: 2, width: 10, height: 10 }),
    ].map(([r, , b]) => (r > 200 ? 'red' : b > 200 ? 'blue' : 'other'))
  await running(graph, async p => {
    let last: Uint8Array | null = null
    let from = 0
    const wanted = (want: string) =>
      firstValueFrom(
        p.frames$('out').pipe(
          map(shown),
          tap(({ data, timestamp }) => {
            last = data
            from = timestamp
          }),
          filter(({ data }) => colors(data).join() === want),
        ),
      )
    const inset = wanted('blue,red')
    await p.start()
    await inset
    assert.is(p.get('mix', 'sink_1::xpos'), 32)
    p.set('mix', { 'sink_1::xpos': 0, 'sink_1::ypos': 0 })
    await wanted('red,blue')
    assert.ok(from > 0 && last)
    assert.throws(
      () => p.set('mix', { 'sink_7::xpos': 0 }),
      (error: { code: string; message: string }) =>
        error.code === 'ERR_UNKNOWN_PROPERTY' && /sink_/.test(error.message),
    )
    assert.throws(() => p.set('mix', { 'sink_1::xpoz': 0 }), /did you mean sink_1::xpos/)
  })
})

test('an element whose property is a pad takes its name: input-selector', async () => {
  const graph = gst`input-selector name=select ! video/x-raw,format=RGB ! appsink name=out
    videotestsrc is-live=true pattern=red ! video/x-raw,format=RGB,width=64,height=48,framerate=25/1 ! select.sink_0
    videotestsrc is-live=true pattern=blue ! video/x-raw,format=RGB,width=64,height=48,framerate=25/1 ! select.sink_1`
  await running(graph, async p => {
    // A picture may be there at once.
    const until = (channel: number) =>
      firstValueFrom(
        p.frames$('out').pipe(
          map(shown),
          filter(({ data }) => data[channel]! > 200 && data[2 - channel]! < 50),
        ),
      )
    await p.start()
    p.set('select', { 'active-pad': 'sink_1' })
    await until(2)
    assert.is(p.get('select', 'active-pad'), 'sink_1')
    p.set('select', { activePad: 'sink_0' })
    await until(0)
    assert.throws(() => p.set('select', { 'active-pad': 'sink_9' }), /the name of one of its pads/)
  })
})

test('probe$ counts from the start on, pads that come later too; names that cannot be are errors', async () => {
  await running(
    gst`filesrc location=${both} ! qtdemux name=d  d.video_0 ! queue ! h264parse ! appsink name=v sync=false`,
    async p => {
      const early = all(p.probe$('d.video_0', 10))
      await p.start()
      await over(p)
      const late = await all(p.probe$('v.sink'))
      const [last] = [(await early).at(-1)!]
      assert.is(last.buffers, 50)
      assert.is(last.keyframes, 2)
      assert.is(last.lastTimestamp, 49 * 40_000)
      assert.match(String(last.caps), /^video\/x-h264/)
      assert.ok(Math.abs(performance.now() - last.lastArrival!) < 10_000)
      assert.equal(
        late.map(({ pad, buffers }) => [pad, buffers]),
        [['v.sink', 50]],
      )
      assert.is(await codeOf(all(p.probe$('v.source'))), 'ERR_UNKNOWN_ELEMENT')
      assert.is(await codeOf(all(p.probe$('w.sink'))), 'ERR_UNKNOWN_ELEMENT')
      assert.is(await codeOf(all(p.probe$('v'))), 'ERR_OPTION')
    },
  )
})

test.run()
