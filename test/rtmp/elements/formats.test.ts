import * as assert from 'uvu/assert'
import { gst } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { serveWhole } from '../../e2e/lib/served'
import { over, running } from '../../e2e/lib/running'

const test = suite('rxrtmpsrc: configurations and codecs that say nothing', { timeout: 60_000 })

const extra = (tag: FlvTag, ...bytes: number[]): FlvTag => ({ ...tag, data: Buffer.from(bytes) })

const cases: Record<string, (tag: FlvTag, index: number) => FlvTag[]> = {
  'empty ones among the pictures': (tag, i) =>
    i % 3 ? [tag] : [tag, extra({ ...tag, type: 'video' }, 0x17, 0, 0, 0, 0)],
  'cut ones among the pictures': (tag, i) =>
    i % 50 === 30
      ? [tag, extra({ ...tag, type: 'video' }, 0x17, 0, 0, 0, 0, 1, 100, 0, 30, 255, 225, 0, 50, 103)]
      : [tag],
  'an empty one of the sound': (tag, i) => (i === 40 ? [tag, extra({ ...tag, type: 'audio' }, 0xaf, 0)] : [tag]),
  'a codec that nobody knows, once': (tag, i) =>
    i === 40 ? [tag, extra({ ...tag, type: 'video' }, 0x10, 1, 2, 3, 4, 5, 6, 7)] : [tag],
  'another codec, once': (tag, i) => (i === 40 ? [tag, extra({ ...tag, type: 'audio' }, 0x7f, 1, 2, 3)] : [tag]),
}

for (const [name, edit] of Object.entries(cases)) {
  test(name, async () => {
    const file = await makeFile(tempFile('formats.flv'), { size: '160x90', duration: 3 })
    await using server = await startRtmpServer(serveWhole(file, { edit }))
    const graph = gst`rxrtmpsrc name=source location=${server.url()}
      source.video ! h264parse ! avdec_h264 ! appsink name=video sync=false
      source.audio ! appsink name=audio sync=false`
    await running(graph, async p => {
      let pictures = 0
      let sound = 0
      p.frames$('video').subscribe({ next: frame => (pictures++, frame.close()), error: () => {} })
      p.packets$('audio').subscribe({ next: () => sound++, error: () => {} })
      await p.start().catch(() => {})
      await over(p)
      assert.is(p.state.reason, 'ERR_CONNECTION_LOST')
      assert.ok(pictures >= 88, `${pictures} pictures`)
      assert.ok(sound >= 125, `${sound} packets of sound`)
    })
  })
}

test('one larger than any encoder writes is not kept', async () => {
  const file = await makeFile(tempFile('huge.flv'), { size: '160x90', duration: 1 })
  // Of another rate, and valid.
  const huge = [0xaf, 0, 0x13, 0x88, ...Array<number>(70_000).fill(0)]
  const edit = (tag: FlvTag, i: number): FlvTag[] =>
    i === 20 ? [tag, extra({ ...tag, type: 'audio' }, ...huge)] : [tag]
  await using server = await startRtmpServer(serveWhole(file, { edit }))
  const graph = gst`rxrtmpsrc name=source location=${server.url()}
    source.video ! fakesink sync=false source.audio ! appsink name=audio sync=false`
  await running(graph, async p => {
    const formats = new Set<string>()
    p.packets$('audio').subscribe({ next: ({ caps }) => formats.add(caps), error: () => {} })
    await p.start().catch(() => {})
    await over(p)
    assert.is(formats.size, 1, [...formats].map(caps => caps.slice(0, 200)).join('\n'))
  })
})

test.run()
