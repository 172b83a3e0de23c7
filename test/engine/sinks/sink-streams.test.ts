import * as assert from 'uvu/assert'
import { lastValueFrom, merge, take, tap } from 'rxjs'
import { gst, run } from '../../../src/index'
import { suite } from '../../support/suite'

const test = suite('sinks that are read in several forms')

test('one appsink has one entry: what has come is counted once, what was lost for each reader', async () => {
  const graph = gst`videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=64,height=48 ! appsink name=out`
  await using pipeline = run(graph)
  const close = tap((frame: { close(): void }) => frame.close())
  const [first, second] = [pipeline.frames$('out'), pipeline.frames$('out', { format: 'GRAY8' })]
  const both = lastValueFrom(merge(first.pipe(close), second.pipe(close, take(3))), { defaultValue: null })
  await pipeline.start()
  await both
  const { sinks } = pipeline.stats()
  assert.equal(Object.keys(sinks), ['out'])
  assert.equal([sinks.out!.received, sinks.out!.queued, sinks.out!.dropped], [20, 0, 0])
})

test.run()
