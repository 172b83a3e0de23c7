/**
 * Tries one element in a process of its own: a driver that hangs or crashes takes nothing with it. Prints one line of
 * JSON, a TrialResult.
 *
 *   node trial-child.js encoder nvh264enc
 */
import type { Observable } from 'rxjs'
import { SILENT_LOGGER } from '../../core/transport-options'
import type { VideoFrame } from '../../core/types'
import type { Packet } from '../../core/pipeline-types'
import type { CodecKind, TrialResult } from '../../pipelines/candidates'
import { deviceOf, NOTHING_PROVEN, NVIDIA_LIBRARIES, TRIAL } from '../../pipelines/candidates'
import { TRIAL_SINKS, TRIAL_SOURCE, trialPipeline } from '../../pipelines/trial'
import { trialFrame } from '../../pipelines/trial-picture'
import { native } from '../../addon/binding'
import { machineFacts } from '../../engine/machine-facts'
import { ownGraph } from '../own-graph'
import { prepare } from '../../engine/prepare'
import { run } from '../../engine/running-pipeline'

/** A trial that nobody ends, ms. */
const LONGEST = 30_000
/** After the last picture went in, ms. */
const PATIENCE = 6000
/** Pictures on which caches, clocks and code warm up; they are looked at, and not timed. */
const WARM_UP = 10

/** What one picture is waited for before the next one goes in, ms. */
const PATIENCE_EACH = 200
/** After so many that did not come out by then the others are not waited for: the element holds them back. */
const MOST_WAITED = 3

interface Came {
  readonly data: Uint8Array
  /** When it came to the sink, whatever JavaScript did; ms. */
  readonly at: number
}

async function runChild(kind: CodecKind, factory: string): Promise<TrialResult> {
  const missing = await native().loadFactories([factory, 'x264enc', 'openh264enc', 'avdec_h264'])
  const type = missing.includes(factory) ? null : native().elementType(factory)
  if (!type) return { ...NOTHING_PROVEN, outcome: 'absent', text: obstructed(kind, factory) }
  const known = { ...NOTHING_PROVEN, plugin: type.plugin }
  const software = missing.includes('x264enc') ? 'openh264enc' : 'x264enc'
  const lacking = [software, 'avdec_h264'].find(name => missing.includes(name))
  if (lacking)
    return {
      ...known,
      outcome: 'failed',
      text: `it cannot be tried without ${lacking === software ? 'x264enc or openh264enc' : lacking}`,
    }
  const encoder = kind === 'encoder' ? factory : software
  const decoder = kind === 'decoder' ? factory : 'avdec_h264'
  const graph = trialPipeline({ kind, encoder, decoder, softwareEncoder: software, softwareDecoder: 'avdec_h264' })
  await prepare(graph)
  const running = run(ownGraph(graph, SILENT_LOGGER), { startTimeout: 60_000 })
  const { width, height, fps } = TRIAL
  const reference = Array.from({ length: TRIAL.pictures }, (_, i) => trialFrame(i, width, height))
  /** When each picture went in, ms. */
  const begun: number[] = []
  const result: Came[] = []
  const beside: number[] = []
  const keyframes: number[] = []
  let packets = 0
  let hear = (): void => {}
  const take = (frame: VideoFrame): void => {
    result.push({ data: Uint8Array.from(frame.data), at: frame.arrivalTime })
    frame.close()
    hear()
  }
  const took = (frame: VideoFrame): void => {
    beside.push(frame.arrivalTime)
    frame.close()
    hear()
  }
  const count = ({ keyframe }: Packet): void => void (packets++, keyframe && keyframes.push(packets - 1))
  // All of them: on a busy machine the last pictures of one way come after those of another.
  const over = Promise.all([
    ended(running.packets$(TRIAL_SINKS.packets), count),
    ended(running.frames$(TRIAL_SINKS.software, { format: 'I420' }), took),
    ended(running.frames$(TRIAL_SINKS.result, { format: 'I420' }), take),
  ])
  over.catch(() => {})
  /** Whether a picture came out both ways in time. */
  const came = (number: number): Promise<boolean> =>
    new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), PATIENCE_EACH)
      hear = () => {
        if (result.length <= number || beside.length <= number) return
        clearTimeout(timer)
        resolve(true)
      }
      hear()
    })
  // Live, one after the other: where the machine has no time each takes longer, and none waits for the one before it.
  const feed = async (): Promise<void> => {
    let late = 0
    for (const [i, data] of reference.entries()) {
      begun.push(performance.now())
      const timestamp = Math.round((i * 1_000_000) / fps)
      await running.push(TRIAL_SOURCE, {
        data,
        caps: '',
        timestamp,
        dts: null,
        duration: Math.round(1_000_000 / fps),
        keyframe: true,
        header: false,
      })
      if (late < MOST_WAITED && !(await came(i))) late++
      await new Promise(resolve => setTimeout(resolve, begun[i]! + 1000 / fps - performance.now()))
    }
    running.endOfStream(TRIAL_SOURCE)
  }
  try {
    await running.start()
    await Promise.race([feed(), over])
    await Promise.race([over, new Promise(resolve => setTimeout(resolve, PATIENCE))])
  } catch (error) {
    return { ...known, outcome: 'failed', text: (error as Error).message }
  }
  const behind = (times: readonly number[]): number => {
    const taken = times.slice(WARM_UP).map((at, i) => at - begun[WARM_UP + i]!)
    return taken.sort((a, b) => a - b)[taken.length >> 1] ?? Infinity
  }
  const quality = result.map(({ data }, i) => (reference[i] ? psnr(data, reference[i]) : 0))
  return {
    ...known,
    outcome: 'done',
    pictures: result.length,
    psnr: quality.length === 0 ? 0 : Math.min(...quality),
    keyframes: kind === 'encoder' ? keyframes : [],
    latency: behind(result.map(({ at }) => at)),
    software: behind(beside),
  }
}

/**
 * Why the plugin has nothing to offer: GStreamer tells it to its debug log alone. '': nothing is in the way, so that
 * the driver or the device cannot do it.
 */
function obstructed(kind: CodecKind, factory: string): string {
  const n = native()
  const device = deviceOf(factory)
  if (device === 'software') return ''
  const libraries =
    device === 'va'
      ? ['libva.so.2', 'libva-drm.so.2']
      : NVIDIA_LIBRARIES.filter(([, , of]) => of === null || of === kind).map(([soname]) => soname)
  const missing = libraries.map(soname => n.libraryError(soname)).find(error => error !== null)
  if (missing) return missing
  if (device === 'nvidia') {
    const error = n.cudaError()
    return error === null ? '' : `its driver does not begin: ${error}`
  }
  const nodes = machineFacts().renderNodes.filter(({ path, vendor }) => path.startsWith('/') && vendor !== 'nvidia')
  const errors = nodes.map(({ path }) => ({ path, error: n.vaError(path) }))
  // One that begins is enough.
  return errors.every(({ error }) => error !== null)
    ? errors.map(({ path, error }) => `${path}: ${error}`).join('; ')
    : ''
}

/** Resolves with the end of a stream, rejects with its error. */
function ended<T>(values: Observable<T>, next: (value: T) => void): Promise<void> {
  return new Promise((resolve, reject) => values.subscribe({ next, error: reject, complete: resolve }))
}

/** dB, over luma and chroma; 99 where they are equal. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return 0
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return sum === 0 ? 99 : 10 * Math.log10((255 * 255 * a.length) / sum)
}

// Whoever began this may have ended, and a driver may keep everything but this thread busy.
const end = (): void => void process.kill(process.pid, 'SIGKILL')
setTimeout(end, LONGEST)
process.stdin.on('end', end).on('error', end).resume()

const [kind, factory] = process.argv.slice(2)
runChild(kind === 'decoder' ? 'decoder' : 'encoder', factory ?? '')
  .catch(
    (error: unknown): TrialResult => ({
      ...NOTHING_PROVEN,
      outcome: 'failed',
      text: String((error as Error).message ?? error),
    }),
  )
  .then(trialResult => {
    // Not ended in order: a driver that hangs would keep it.
    process.stdout.write(`${JSON.stringify(trialResult)}\n`, end)
  })
