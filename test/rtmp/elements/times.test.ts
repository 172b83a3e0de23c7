import * as assert from 'uvu/assert'
import { gst } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { serveWhole } from '../../e2e/lib/served'
import { over, running } from '../../e2e/lib/running'

const test = suite('rxrtmpsrc: times of the wire', { timeout: 60_000 })

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A file of 4 s: 120 pictures. */
const PICTURES = 118

type Edit = (tag: FlvTag) => FlvTag[]
const at = (tag: FlvTag, timestamp: number): FlvTag => ({ ...tag, timestamp })
const isHeader = ({ type, data }: FlvTag): boolean => type === 'script' || data[1] === 0

/** Running times of all packets of a file, in ms, and how long it took: what comes late is shown late. */
async function shownTimes(edit: Edit): Promise<{ video: number[]; audio: number[]; took: number }> {
  const file = await makeFile(tempFile('times.flv'), { size: '160x90', duration: 4 })
  const got = { video: [] as number[], audio: [] as number[] }
  const from = performance.now()
  await using server = await startRtmpServer(serveWhole(file, { edit }))
  const graph = gst`rxrtmpsrc name=source location=${server.url()}
    source.video ! appsink name=video sync=false max-buffers=0  source.audio ! appsink name=audio sync=false`
  await running(graph, async p => {
    for (const kind of ['video', 'audio'] as const)
      p.packets$(kind).subscribe({
        next: packet => void got[kind].push((packet.timestamp ?? -1e6) / 1000),
        error: () => {},
      })
    await p.start().catch(() => {})
    await over(p)
  })
  return { ...got, took: performance.now() - from }
}

const cases: Record<string, Edit> = {
  'as they are': tag => [tag],
  'headers at zero, and the first picture after an hour': tag => [isHeader(tag) ? tag : at(tag, tag.timestamp + HOUR)],
  'a publisher that begins anew at zero, after an hour': tag => [
    at(tag, tag.timestamp < 2000 ? tag.timestamp + HOUR : tag.timestamp - 2000),
  ],
  'a jump of a day': tag => [at(tag, tag.timestamp < 2000 ? tag.timestamp : tag.timestamp + DAY)],
  'pictures and sound a day apart': tag => [tag.type === 'video' ? at(tag, tag.timestamp + DAY) : tag],
}

for (const [name, edit] of Object.entries(cases)) {
  test(name, async () => {
    const { video, audio, took } = await shownTimes(edit)
    assert.ok(video.length >= PICTURES, `${video.length} pictures`)
    assert.ok(audio.length >= 150, `${audio.length} packets of sound`)
    for (const all of [video, audio]) {
      const steps = all.slice(1).map((time, i) => time - all[i]!)
      assert.ok(
        steps.every(step => step > 0 && step < Math.max(600, took)),
        steps.join(' '),
      )
    }
    assert.ok(video[0]! < Math.max(3000, took), `begins at ${video[0]}`)
    const [first, last] = [0, -1].map(at => Math.abs(video.at(at)! - audio.at(at)!)) as [number, number]
    assert.ok(first < Math.max(300, took) && last < Math.max(600, took), `${first} and ${last} ms apart, in ${took} ms`)
  })
}

test('what comes first may be later than what follows', async () => {
  const edit: Edit = tag => {
    // Pictures that are shown before their own time, from the first one on, as far as three seconds.
    const moved = at(tag, tag.timestamp + HOUR)
    if (tag.type !== 'video' || isHeader(tag)) return [moved]
    const data = Buffer.from(tag.data)
    data.writeIntBE(-3000, 2, 3)
    return [{ ...moved, data }]
  }
  const { video } = await shownTimes(edit)
  assert.ok(video.length >= PICTURES, `${video.length} pictures`)
})

test('one wrong composition time moves no other picture', async () => {
  const file = await makeFile(tempFile('wrong.flv'), { size: '160x90', duration: 2 })
  let pictures = 0
  const edit: Edit = tag => {
    if (tag.type !== 'video' || isHeader(tag) || ++pictures !== 10) return [tag]
    const data = Buffer.from(tag.data)
    data.writeIntBE(-8_388_608, 2, 3)
    return [{ ...tag, data }]
  }
  await using server = await startRtmpServer(serveWhole(file, { edit }))
  const graph = gst`rxrtmpsrc name=source location=${server.url()}
    source.video ! appsink name=video sync=false max-buffers=0  source.audio ! fakesink`
  await running(graph, async p => {
    const apart: number[] = []
    p.packets$('video').subscribe({
      next: ({ timestamp, dts }) => void apart.push((timestamp ?? 0) - (dts ?? timestamp ?? 0)),
      error: () => {},
    })
    await p.start().catch(() => {})
    await over(p)
    assert.ok(apart.length >= 58 && apart.every(us => us === 0), apart.join(' '))
  })
})

test.run()
