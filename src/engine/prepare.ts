import { RxGstError } from '../core/errors'
import { checkRuntime } from '../core/runtime'
import { debianPackage } from './debian'
import { native } from '../addon/binding'
import type { Graph } from '../pipelines/graph/graph'
import { machineFacts } from './machine-facts'

// Loaded with the module, which blocks in any case: the first stream of a process need not wait for it. What is wrong
// is told where a stream is made.
try {
  checkRuntime()
  native()
} catch {}

const ready = new Set<string>()
/** GStreamer's beginning, which takes longer than a picture: a worker's. */
let begun: Promise<void> | null = null

/**
 * Loads the plugins that a graph needs, in a worker: the first dlopen of FFmpeg's libraries would block the event loop
 * for several pictures. What is not there is ERR_MISSING_PLUGIN (or what `absent` makes of it), before anything starts.
 */
export async function prepare(graph: Graph, absent: (factory: string) => RxGstError = missingPlugin): Promise<void> {
  checkMachine()
  const wanted = [...new Set(graph.elements.map(element => element.factory))].filter(name => !ready.has(name))
  if (wanted.length === 0) return
  await begun
  const [first] = await load(wanted)
  if (first !== undefined) throw absent(first)
}

/**
 * The same without an error: resolves with what is not there. `files`: of their plugins, where the registry knows none.
 */
export async function load(factories: readonly string[], files: readonly string[] = []): Promise<string[]> {
  const missing = await native().loadFactories(factories, files)
  for (const name of factories) if (!missing.includes(name)) ready.add(name)
  return missing
}

function missingPlugin(factory: string): RxGstError {
  const debian = debianPackage(factory)
  return new RxGstError(
    'ERR_MISSING_PLUGIN',
    `GStreamer has no element ${factory}: install the Debian package ${debian}`,
    { element: factory },
  )
}

/** Whether prepare() has nothing left to do. */
export function isPrepared(graph: Graph): boolean {
  return graph.elements.every(element => ready.has(element.factory))
}

/**
 * Loads the addon, and has GStreamer begin in a worker: what is missing on this machine is told where a stream is made,
 * not in the middle of one.
 */
export function checkMachine(): void {
  checkRuntime()
  // What RXGST_HARDWARE orders must be understood before a stream depends on it.
  machineFacts()
  if (begun) return
  const { major, minor, text } = native().gstreamer()
  if (major !== 1 || minor < 22) {
    throw new RxGstError('ERR_GSTREAMER_VERSION', `GStreamer 1.22 or newer is needed, this is ${text}`)
  }
  begun = native()
    .startGStreamer()
    .then(why => {
      if (why === null) return
      throw new RxGstError('ERR_PIPELINE', `GStreamer does not start: ${why}`, { retryable: false })
    })
  // Whoever starts something hears of it.
  begun.catch(() => {})
}
