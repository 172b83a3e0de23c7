/**
 * The trial of one element, in a process of its own, so that a driver that hangs or crashes harms nothing else. Prints
 * one line of JSON, a TrialResult.
 *
 *   node trial-child.js encoder nvh264enc
 */
import type { Observable } from 'rxjs'
import { SILENT_LOGGER } from '../../core/transport-options'
import type { VideoFrame } from '../../core/types'
import type { Packet } from '../../core/pipeline-types'
import type { CodecKind } from '../../pipelines/candidates'
import type { TrialResult } from '../../pipelines/verdict'
import { codecOf, deviceOf } from '../../pipelines/candidates'
import { NO_RESULT, NVIDIA_LIBRARIES, TRIAL } from '../../pipelines/verdict'
import { BESIDE, TRIAL_SINKS, TRIAL_SOURCE, trialPipeline } from '../../pipelines/trial'
import { trialFrame } from '../../pipelines/trial-picture'
import { native } from '../../addon/binding'
import { machineFacts } from '../../engine/machine-facts'
import { ownGraph } from '../own-graph'
import { prepare } from '../../engine/prepare'
import { run } from '../../engine/run/run'

/** Longest life of this process. */
const LIFETIME_MS = 30_000
/** Longest wait for the end of the streams, after the last picture went in. */
const END_DEADLINE_MS = 6000
/** Pictures on which caches, clocks and code warm up: their quality counts, their latency does not. */
const WARM_UP_PICTURES = 10

/** Longest wait for one picture before the next one goes in. */
const PICTURE_DEADLINE_MS = 200
/** After so many late pictures the trial waits for none: the element holds pictures back. */
const MOST_LATE = 3

interface ReceivedFrame {
  readonly data: Uint8Array
  /** Arrival at the sink, by performance.now(); JavaScript's delay is not in it. */
  readonly at: number
}

async function runChild(kind: CodecKind, factory: string): Promise<TrialResult> {
  const own = BESIDE[codecOf(factory)]
  const { encoders, decoder: softwareDecoder } = kind === 'encoder' ? BESIDE.h264 : own
  const missing = await native().loadFactories([factory, ...encoders, softwareDecoder, own.decoder])
  const type = missing.includes(factory) ? null : native().elementType(factory)
  if (!type) return { ...NO_RESULT, outcome: 'absent', text: whyAbsent(kind, factory) }
  const known = { ...NO_RESULT, plugin: type.plugin }
  const softwareEncoder = encoders.find(name => !missing.includes(name))
  const lackingDecoder = [softwareDecoder, own.decoder].find(name => missing.includes(name))
  if (softwareEncoder === undefined || lackingDecoder !== undefined) {
    const lacking = softwareEncoder === undefined ? encoders.join(' or ') : lackingDecoder
    return { ...known, outcome: 'failed', text: `it cannot be tried without ${lacking}` }
  }
  const encoder = kind === 'encoder' ? factory : softwareEncoder
  const decoder = kind === 'decoder' ? factory : own.decoder
  const graph = trialPipeline({ kind, encoder, decoder, softwareEncoder, softwareDecoder })
  await prepare(graph)
  const running = run(ownGraph(graph, SILENT_LOGGER), { startTimeout: 60_000 })
  const { width, height, fps } = TRIAL
  const reference = Array.from({ length: TRIAL.pictures }, (_, i) => trialFrame(i, width, height))
  /** Time at which each picture went in, by performance.now(). */
  const begun: number[] = []
  const result: ReceivedFrame[] = []
  const beside: number[] = []
  const keyframes: number[] = []
  let packets = 0
  /** Called after each picture that comes out. */
  let onPicture = (): void => {}
  const take = (frame: VideoFrame): void => {
    result.push({ data: Uint8Array.from(frame.data), at: frame.arrivalTime })
    frame.close()
    onPicture()
  }
  const took = (frame: VideoFrame): void => {
    beside.push(frame.arrivalTime)
    frame.close()
    onPicture()
  }
  const count = ({ keyframe }: Packet): void => void (packets++, keyframe && keyframes.push(packets - 1))
  // All three: on a busy machine one branch may give its last pictures later than the others.
  const over = Promise.all([
    ended(running.packets$(TRIAL_SINKS.packets), count),
    ended(running.frames$(TRIAL_SINKS.software, { format: 'I420' }), took),
    ended(running.frames$(TRIAL_SINKS.result, { format: 'I420' }), take),
  ])
  over.catch(() => {})
  /** Whether this picture came out of both branches in time. */
  const came = (number: number): Promise<boolean> =>
    new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), PICTURE_DEADLINE_MS)
      onPicture = () => {
        if (result.length <= number || beside.length <= number) return
        clearTimeout(timer)
        resolve(true)
      }
      onPicture()
    })
  // As live, one picture after the other: on a busy machine each takes longer, and none waits behind another.
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
      if (late < MOST_LATE && !(await came(i))) late++
      await new Promise(resolve => setTimeout(resolve, begun[i]! + 1000 / fps - performance.now()))
    }
    running.endOfStream(TRIAL_SOURCE)
  }
  try {
    await running.start()
    await Promise.race([feed(), over])
    await Promise.race([over, new Promise(resolve => setTimeout(resolve, END_DEADLINE_MS))])
  } catch (error) {
    return { ...known, outcome: 'failed', text: (error as Error).message }
  }
  const medianLatency = (times: readonly number[]): number => {
    const taken = times.slice(WARM_UP_PICTURES).map((at, i) => at - begun[WARM_UP_PICTURES + i]!)
    return taken.sort((a, b) => a - b)[taken.length >> 1] ?? Infinity
  }
  const quality = result.map(({ data }, i) => (reference[i] ? psnr(data, reference[i]) : 0))
  return {
    ...known,
    outcome: 'done',
    pictures: result.length,
    psnr: quality.length === 0 ? 0 : Math.min(...quality),
    keyframes: kind === 'encoder' ? keyframes : [],
    latency: medianLatency(result.map(({ at }) => at)),
    software: medianLatency(beside),
  }
}

/**
 * Why the plugin offers no such element, which GStreamer tells only in its debug log. '': no obstacle is known, so the
 * driver or the device cannot do it.
 */
function whyAbsent(kind: CodecKind, factory: string): string {
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
  // One device that works is enough.
  return errors.every(({ error }) => error !== null)
    ? errors.map(({ path, error }) => `${path}: ${error}`).join('; ')
    : ''
}

/** Resolves at the end of a stream, rejects with its error. */
function ended<T>(values: Observable<T>, next: (value: T) => void): Promise<void> {
  return new Promise((resolve, reject) => values.subscribe({ next, error: reject, complete: resolve }))
}

/** PSNR over luma and chroma, dB; 99 where both are equal. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return 0
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return sum === 0 ? 99 : 10 * Math.log10((255 * 255 * a.length) / sum)
}

// The parent process may have ended, and a driver may block every other thread of this one.
const end = (): void => void process.kill(process.pid, 'SIGKILL')
setTimeout(end, LIFETIME_MS)
process.stdin.on('end', end).on('error', end).resume()

const [kind, factory] = process.argv.slice(2)
runChild(kind === 'decoder' ? 'decoder' : 'encoder', factory ?? '')
  .catch(
    (error: unknown): TrialResult => ({
      ...NO_RESULT,
      outcome: 'failed',
      text: String((error as Error).message ?? error),
    }),
  )
  .then(trialResult => {
    // Killed, and not ended in order, which a driver that hangs would prevent.
    process.stdout.write(`${JSON.stringify(trialResult)}\n`, end)
  })
