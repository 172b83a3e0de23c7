/**
 * Connects over RTMPS and leaves again, many times, in a process that trusts another certificate than its machine: run
 * by connects.test.ts. Prints what the process has at five moments.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gst, run } from '../../../src/index'
import { sleep } from '../../support/until'
import { usage } from '../../support/usage'

const SAMPLES = 5
/** Until idle threads of GLib's pool have what they wait for. */
const SETTLE_MS = 400

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export interface Sample {
  readonly connects: number
  readonly threads: number
  readonly fds: number
  readonly rss: number
  /** ms for a connect and its end, since the sample before. */
  readonly each: number
}

async function main(url: string, flv: string, connects: number): Promise<void> {
  const graphs = [
    gst`rxrtmpsrc name=s location=${url} s.video ! fakesink s.audio ! fakesink`,
    gst`filesrc location=${flv} ! video/x-flv ! rxrtmpsink location=${url} sync=false`,
  ]
  const samples: Sample[] = []
  const step = Math.ceil(connects / SAMPLES)
  let from = performance.now()
  for (let done = 1; done <= connects; done++) {
    const pipeline = run(graphs[done % 2]!)
    await pipeline.start()
    await pipeline.stop()
    if (done % step !== 0) continue
    const each = (performance.now() - from) / step
    for (let i = 0; i < 2; i++) {
      collect()
      await sleep(SETTLE_MS)
    }
    const { threads, fds, rss } = usage()
    samples.push({ connects: done, threads, fds, rss, each })
    from = performance.now()
  }
  console.log(JSON.stringify(samples))
}

if (require.main === module) void main(process.argv[2]!, process.argv[3]!, Number(process.argv[4]))
