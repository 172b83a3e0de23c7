// suite: deep
import * as assert from 'uvu/assert'
import { concat, defer, from, lastValueFrom, map, take, tap, toArray } from 'rxjs'
import { gst, overlay, run, type VideoFrame } from '../../../src/index'
import { native } from '../../../src/addon/binding'
import { LeasedFrame } from '../../../src/core/frame'
import { loadOverlay } from '../../../src/observables/stills/overlay-picture'
import { stillDesk } from '../../../src/observables/stills/still-desk'
import { resolveOverlay } from '../../../src/core/pictures/overlay-options'
import { suite } from '../../support/suite'
import { until } from '../../support/until'

const test = suite('pictures: what waits for workers and for other threads has a bound', { timeout: 60_000 })

const [width, height] = [1280, 720]

async function frames(count: number): Promise<VideoFrame[]> {
  const graph = gst`videotestsrc ! video/x-raw,format=I420,width=1280,height=720 ! appsink name=out`
  await using pipeline = run(graph)
  const taken = lastValueFrom(pipeline.frames$('out').pipe(take(count), toArray()))
  await pipeline.start()
  return await taken
}

test('overlay: a frame for which no worker has time is dropped and counted, and the stream goes on', async () => {
  const before = native().framePool().held
  const image = { data: new Uint8Array(width * height * 4).fill(200), width, height }
  const whole = await loadOverlay(resolveOverlay(image, {}))
  const [canvas, ...some] = await frames(7)
  const { lease, color = 0 } = LeasedFrame.pictureOf(canvas!)!
  assert.ok(lease)
  const work: Promise<unknown>[] = []
  const fill = (): void => {
    for (;;) {
      const done = stillDesk().draw(whole, canvas!.data, 'I420', width, height, color)
      if (done === 'full') return
      work.push(Promise.resolve(done))
    }
  }
  let dropped = 0
  const first = some.slice(0, 3)
  const busy = from(first).pipe(tap(fill))
  const later = defer(async () => {
    await Promise.all(work)
    return some.slice(3)
  })
  const shown = await lastValueFrom(
    concat(busy, later.pipe(map(list => list[0]!))).pipe(
      overlay(image, { onDrop: count => void (dropped = count) }),
      tap(frame => frame.close()),
      toArray(),
    ),
  )
  assert.ok(work.length >= 256, `${work.length} waited`)
  assert.ok(dropped >= 1, 'one was dropped')
  assert.is(shown.length + dropped, first.length + 1)
  for (const frame of [canvas!, ...some.slice(4)]) frame.close()
  await until(() => native().framePool().held <= before)
})

test('frames that no thread receives return to the pool by themselves', async () => {
  const before = native().framePool().held
  for (const frame of await frames(3)) frame.transfer()
  assert.ok(native().framePool().held > before)
  await until(() => native().framePool().held <= before, { timeout: 40_000 })
})

test.run()
