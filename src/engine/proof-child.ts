/**
 * Tries one element in a process of its own: a driver that hangs or crashes takes nothing with it. Prints one line of
 * JSON, a Proof.
 *
 *   node proof-child.js encoder nvh264enc
 */
import { SILENT_LOGGER } from '../core/options-transport'
import type { CodecKind, Proof } from '../pipelines/ladder'
import { PROOF } from '../pipelines/ladder'
import { PROOF_SINKS, proofGraph } from '../pipelines/proof-graph'
import { loadGst } from '../gst/load'
import { native } from '../native/binding'
import { ownGraph } from './own-graph'
import { prepare } from './prepare'
import { run } from './running-pipeline'

/** A trial that nobody ends, ms. */
const LONGEST = 30_000
/** After the last picture came in, ms. */
const PATIENCE = 6000
/** Pictures on which caches, clocks and code warm up; they are looked at, and not timed. */
const WARM_UP = 10

interface Came {
  readonly data: Uint8Array
  readonly at: number
}

async function tryOut(kind: CodecKind, factory: string): Promise<Proof> {
  loadGst()
  const peer = kind === 'decoder' ? 'x264enc' : 'avdec_h264'
  const missing = await new Promise<string[]>((resolve) => native().loadFactories([factory, peer, 'openh264enc'], resolve))
  const type = missing.includes(factory) ? null : native().elementType(factory)
  if (!type) return { ...NOTHING, outcome: 'absent' }
  const known = { ...NOTHING, plugin: type.plugin }
  const software = kind === 'decoder' ? ['x264enc', 'openh264enc'] : ['avdec_h264']
  if (software.every((name) => missing.includes(name))) return { ...known, outcome: 'failed', text: `it cannot be tried without ${software.join(' or ')}` }
  const encoder = kind === 'encoder' ? { factory } : { factory: missing.includes('x264enc') ? 'openh264enc' : 'x264enc' }
  const graph = proofGraph(encoder, kind === 'decoder' ? factory : 'avdec_h264')
  await prepare(graph)
  const running = run(ownGraph(graph, SILENT_LOGGER), { startTimeout: 60_000 })
  const reference: Came[] = []
  const result: Came[] = []
  const keyframes: number[] = []
  let packets = 0
  const take = (list: Came[]) => (frame: { readonly data: Uint8Array; close(): void }) => {
    list.push({ data: Uint8Array.from(frame.data), at: performance.now() })
    frame.close()
  }
  const over = new Promise<void>((resolve, reject) => {
    const end = { error: reject, complete: resolve }
    running.frames$(PROOF_SINKS.reference, { format: 'I420' }).subscribe({ next: take(reference), error: reject })
    running.packets$(PROOF_SINKS.packets).subscribe({ next: ({ keyframe }) => void (packets++, keyframe && keyframes.push(packets - 1)), error: reject })
    running.frames$(PROOF_SINKS.result, { format: 'I420' }).subscribe({ next: take(result), ...end })
  })
  over.catch(() => {})
  try {
    await running.start()
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, (PROOF.pictures * 1000) / PROOF.fps + PATIENCE))])
  } catch (error) {
    return { ...known, outcome: 'failed', text: (error as Error).message }
  }
  const latencies = result.slice(WARM_UP).flatMap(({ at }, i) => (reference[WARM_UP + i] ? [at - reference[WARM_UP + i]!.at] : []))
  const quality = result.map(({ data }, i) => (reference[i] ? psnr(data, reference[i]!.data) : 0))
  return {
    ...known,
    outcome: 'done',
    pictures: result.length,
    psnr: quality.length === 0 ? 0 : Math.min(...quality),
    keyframes: kind === 'encoder' ? keyframes : [],
    latency: latencies.sort((a, b) => a - b)[latencies.length >> 1] ?? Infinity,
  }
}

const NOTHING: Proof = { outcome: 'done', text: '', pictures: 0, wanted: PROOF.pictures, psnr: 0, keyframes: [], latency: 0, plugin: null }

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
tryOut(kind === 'decoder' ? 'decoder' : 'encoder', factory ?? '')
  .catch((error: unknown): Proof => ({ ...NOTHING, outcome: 'failed', text: String((error as Error).message ?? error) }))
  .then((proof) => {
    // Not ended in order: a driver that hangs would keep it.
    process.stdout.write(`${JSON.stringify(proof)}\n`, end)
  })
