import { RxGstError } from '../core/errors'
import { checkRuntime } from '../core/runtime'
import { debianPackage } from '../gst/debian'
import { loadGst } from '../gst/load'
import { native } from '../addon/binding'
import type { Graph } from '../pipelines/graph/graph'
import { machineFacts } from './machine-facts'

const ready = new Set<string>()
let kept = false

/**
 * Loads the plugins that a graph needs, in a worker: the first dlopen of FFmpeg's libraries would block the event loop
 * for several pictures. What is not there is ERR_MISSING_PLUGIN (or what `absent` makes of it), before anything starts.
 */
export async function prepare(graph: Graph, absent: (factory: string) => RxGstError = missingPlugin): Promise<void> {
  checkMachine()
  const wanted = [...new Set(graph.elements.map(element => element.factory))].filter(name => !ready.has(name))
  if (wanted.length === 0) return
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

/** Loads both planes now: what is missing on this machine is told where a stream is made, not in the middle of one. */
export function checkMachine(): void {
  checkRuntime()
  // What RXGST_HARDWARE orders must be understood before a stream depends on it.
  machineFacts()
  loadGst()
  const addon = native()
  if (!kept) addon.keepLoaded()
  kept = true
}
