import * as assert from 'uvu/assert'
import { resolveOutputOptions } from '../../../src/live/options'
import { RxGstError } from '../../../src/core/errors'
import { BitrateControl } from '../../../src/live/output/bitrate-control'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'

const test = suite('bitrate control')

const BITRATE = 2_000_000

/** A target whose network takes so many bit/s, of which so much waits. */
function target(name: string, rate: number, queueMs: number) {
  const from = performance.now()
  return {
    url: name,
    state: { phase: 'live' },
    reconnects: 0,
    queueMs,
    get totals() {
      return { outBytes: ((performance.now() - from) * rate) / 8000 }
    },
  }
}

function controlled(
  list: readonly ReturnType<typeof target>[],
  setBitrate: (bitrate: number) => void,
  encoder = 'x264enc',
) {
  const said: string[] = []
  const say = (text: string): void => void said.push(text)
  const options = resolveOutputOptions({
    width: 64,
    height: 32,
    bitrate: BITRATE,
    adaptiveBitrate: true,
    logger: { debug: say, info: say, warn: say, error: say },
  })
  const program = {
    encoder,
    bitrate: BITRATE,
    setBitrate(bitrate: number): void {
      setBitrate(bitrate)
      this.bitrate = bitrate
    },
  }
  return {
    said,
    program,
    control: new BitrateControl(options, options.adaptiveBitrate!, { list } as never, program as never),
  }
}

test('the lowest of what the live targets take', async () => {
  const list = [target('fast', 5e6, 0), target('slow', 1e6, 500), target('away', 1e5, 5000)]
  list[2]!.state.phase = 'reconnecting'
  const { control, program, said } = controlled(list, () => {})
  using _ = control
  await until(() => program.bitrate < BITRATE, { timeout: 20_000 })
  assert.ok(program.bitrate >= 0.2 * BITRATE, String(program.bitrate))
  assert.match(said[0]!, /kbit\/s now: 500 ms wait for slow$/)
})

test('an encoder that takes no other bitrate is asked once, and that is said', async () => {
  let asked = 0
  const { control, program, said } = controlled([target('slow', 1e6, 500)], () => {
    asked++
    throw new RxGstError('ERR_PROPERTY_VALUE', 'not while it plays')
  })
  using _ = control
  await until(() => said.length > 0, { timeout: 20_000 })
  await sleep(300)
  assert.equal([asked, said.length, program.bitrate], [1, 1, BITRATE])
  assert.match(said[0]!, /keeps its bitrate/)
})

test('svtav1enc, which would pass over it without a word, is not asked', async () => {
  const { control, program, said } = controlled([target('slow', 1e6, 500)], () => assert.unreachable(), 'svtav1enc')
  using _ = control
  await until(() => said.length > 0, { timeout: 20_000 })
  await sleep(300)
  assert.equal([said.length, program.bitrate], [1, BITRATE])
  assert.match(said[0]!, /keeps its bitrate.*svtav1enc takes no other/)
})

test.run()
