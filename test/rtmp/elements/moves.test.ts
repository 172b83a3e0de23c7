// suite: deep
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { gst, type RunningPipeline } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, tagInfo, type FlvTag, type ServeFile } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { over, running } from '../../e2e/lib/running'
import { counter, publishing } from './graphs'

const test = suite('a server that wishes to be left', { timeout: 60_000 })

const SECONDS = 5
const at = (tag: FlvTag, timestamp: number): FlvTag => ({ ...tag, timestamp })
const isMedia = ({ type, data }: FlvTag): boolean => type !== 'script' && data[1] === 1
const media = async (pattern: 'testsrc2' | 'noise' = 'noise'): Promise<string> =>
  makeFile(tempFile(`${pattern}.flv`), { size: '160x90', duration: SECONDS, pattern, bitrate: '500k' })

interface Played {
  sizes: number[]
  times: number[]
  sound: number
  events: string[]
  reason: string | null
}

/**
 * What a player gets of a file when its server soon asks it to go to another one. Where the present server is silent
 * for a second before both have had the same picture, the other one begins without: the less is to come until then,
 * the less does a machine that stands still.
 */
async function moved(
  file: string,
  next: (index: number) => ServeFile | { kind: 'reject-play' },
  ending?: 'fin',
): Promise<Played> {
  const got: Played = { sizes: [], times: [], sound: 0, events: [], reason: null }
  await using first = await startRtmpServer({ kind: 'serve-file', file })
  await using second = await startRtmpServer(next)
  await running(
    gst`rxrtmpsrc name=source location=${first.url()}
      source.video ! appsink name=video sync=false max-buffers=0  source.audio ! appsink name=audio sync=false`,
    async p => {
      p.bus$.subscribe(({ type, detail }) => void (type === 'element' && got.events.push(String(detail.event))))
      p.packets$('video').subscribe({
        next: ({ data, timestamp }) => (got.sizes.push(data.length), got.times.push((timestamp ?? -1) / 1000)),
        error: () => {},
      })
      p.packets$('audio').subscribe({ next: () => got.sound++, error: () => {} })
      await p.start()
      await until(() => got.sizes.length > 5)
      first.connections[0]!.askToReconnect(second.url().replace(/\/test$/, ''))
      if (ending) first.connections[0]!.end(ending)
      const looking = setInterval(() => {
        // All of it is through, and was taken.
        const [there] = second.connections
        if (there?.ended === 'silence' && got.events.includes('reconnected')) there.end('fin')
      }, 300)
      await over(p).finally(() => clearInterval(looking))
      got.reason = p.state.reason
    },
  )
  assert.is(first.connections.length, 1)
  assert.is(second.connections.length, 1)
  return got
}

/** Pictures and packets of sound of a file. */
function contentOf(file: string): { sizes: number[]; sound: number } {
  const tags = parseFlv(readFileSync(file)).filter(isMedia)
  const video = tags.filter(({ type }) => type === 'video')
  return { sizes: video.map(({ data }) => data.length - 5), sound: tags.length - video.length }
}

function assertSteady(times: readonly number[]): void {
  const steps = times.slice(1).map((time, i) => time - times[i]!)
  assert.ok(Math.min(...steps) > 0 && Math.max(...steps) < 200, steps.join(' '))
}

const HOUR = 3_600_000
const cases: Record<string, (file: string) => ServeFile> = {
  'with the same times': file => ({ kind: 'serve-file', file }),
  'with other times': file => ({
    kind: 'serve-file',
    file,
    edit: tag => [at(tag, tag.timestamp + HOUR)],
    pace: 'full',
    then: 'silence',
  }),
  'whose cache comes at once': file => ({ kind: 'serve-file', file, pace: 'full', then: 'silence' }),
}

for (const [name, next] of Object.entries(cases)) {
  test(`played on at another one ${name}: every picture once`, async () => {
    const file = await media()
    const { sizes, sound } = contentOf(file)
    const got = await moved(file, () => next(file))
    assert.equal(got.sizes, sizes)
    assert.is(got.sound, sound)
    assertSteady(got.times)
    assert.ok(got.events.includes('reconnect-requested') && got.events.includes('reconnected'), got.events.join(' '))
  })
}

test('it closes at once: the other one goes on where it ended', async () => {
  const file = await media()
  const got = await moved(file, () => ({ kind: 'serve-file', file, pace: 'full', then: 'silence' }), 'fin')
  // What it had sent before, and what the other one has: nothing of the error of the first one.
  assert.ok(got.sizes.length >= contentOf(file).sizes.length - 30, `${got.sizes.length} pictures`)
  assert.ok(got.events.includes('reconnected'))
  assertSteady(got.times)
})

test('another picture there: it begins with a keyframe, behind what was', async () => {
  const [file, other] = [await media(), await media('testsrc2')]
  const got = await moved(file, () => ({ kind: 'serve-file', file: other }))
  assert.ok(got.events.includes('reconnected'), got.events.join(' '))
  assert.ok(got.sizes.length > contentOf(file).sizes.length, `${got.sizes.length} pictures`)
  const steps = got.times.slice(1).map((time, i) => time - got.times[i]!)
  assert.ok(Math.min(...steps) > 0, steps.join(' '))
})

test('nothing there: the stream stays where it is', async () => {
  const file = await media()
  const got = await moved(file, () => ({ kind: 'reject-play' }))
  assert.equal(got.sizes, contentOf(file).sizes)
  assert.not.ok(got.events.includes('reconnected'))
})

const pictures = (tags: readonly FlvTag[]): FlvTag[] => tags.filter(tag => tag.type === 'video' && isMedia(tag))
const sent = (p: RunningPipeline): number => counter(p, 'sink', 'out-bytes-total')

test('published on at another one: description and keyframe before the first is left, every picture once', async () => {
  await using first = await startRtmpServer({ kind: 'accept-publish' })
  await using second = await startRtmpServer({ kind: 'accept-publish' })
  await running(publishing(first.url('verysecretkey')), async p => {
    await p.start()
    const old = await first.connection(0, ({ tags }) => pictures(tags).length > 20)
    const before = sent(p)
    old.askToReconnect(`${second.url('x').replace(/\/x$/, '')}?token=anothersecret`)
    const young = await second.connection(0, ({ tags }) => pictures(tags).length > 20)
    await first.connection(0, ({ open }) => !open)
    assert.ok(old.goodbye)
    assert.is(young.stream, 'verysecretkey')
    assert.equal(
      young.tags.slice(0, 4).map(tag => [tag.type, tagInfo(tag).header, tagInfo(tag).keyframe]),
      [
        ['script', false, false],
        ['video', true, false],
        ['audio', true, false],
        ['video', false, true],
      ],
    )
    const keyframe = young.tags[3]!
    assert.ok(old.closedAt! > keyframe.arrival, 'it was left before')
    // flvmux gives a picture that comes late the time of the sound before it: each is at its time, or later.
    const times = [...pictures(old.tags), ...pictures(young.tags)].map(({ timestamp }) => timestamp)
    const late = times.map((time, i) => time - (i * 1000) / 30)
    // The first ones come from when the pipeline began.
    const onTime = Math.min(...late.slice(10, 20))
    assert.ok(
      late.slice(10).every(ms => ms >= onTime - 2),
      `none twice: ${times.join(' ')}`,
    )
    const there = Math.min(...late.slice(pictures(old.tags).length))
    assert.ok(there <= onTime + 2, `none is lost: ${times.join(' ')}`)
    assert.ok(sent(p) > before, 'the counter goes on')
    assert.is(p.state.phase, 'live')
  })
})

test('published: nothing is taken there, so the stream stays', async () => {
  await using first = await startRtmpServer({ kind: 'accept-publish' })
  await using second = await startRtmpServer({ kind: 'reject-publish' })
  await running(publishing(first.url()), async p => {
    await p.start()
    const old = await first.connection(0, ({ tags }) => pictures(tags).length > 5)
    old.askToReconnect(second.url('x').replace(/\/x$/, ''))
    await second.connection(0, ({ open }) => !open)
    const before = old.tags.length
    await until(() => old.tags.length > before + 60)
    assert.is(p.state.phase, 'live')
  })
})

test.run()
