/**
 * The control plane's door: the only importer of node-gtk. Builds, sets and asks; never a callback from a streaming
 * thread, never a state change: those are the addon's.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { RxGstError } from '../core/errors'
import { SCRIPTS_NOT_RUN } from '../core/runtime'
import type { GLibModule, GstModule, NodeGtk } from './types'

export interface Gst {
  readonly gst: GstModule
  readonly glib: GLibModule
  /** Of a GObject that node-gtk holds: what the addon, and dot dumps, know it by. */
  addressOf(object: object): number
}

let loaded: Gst | null = null

/**
 * Loads GStreamer once, about 70 ms. ERR_MISSING_TYPELIB and ERR_ADDON_NOT_BUILT tell what to install; ERR_OTHER_THREAD
 * where another thread of the process loaded it: node-gtk knows one environment.
 */
export function loadGst(): Gst {
  if (loaded) return loaded
  let gi: NodeGtk
  try {
    gi = require('node-gtk') as NodeGtk
  } catch (cause) {
    if (/did not self-register/.test(String(cause))) {
      throw new RxGstError('ERR_OTHER_THREAD', 'one thread of a process can use rxgst, and another one did', { cause })
    }
    if (!isBuilt()) throw new RxGstError('ERR_ADDON_NOT_BUILT', `node-gtk is not built: ${SCRIPTS_NOT_RUN}`, { cause })
    throw new RxGstError(
      'ERR_ADDON_NOT_BUILT',
      'node-gtk does not load: run "npm rebuild node-gtk"; it needs the Debian packages ' +
        'libgirepository1.0-dev, libcairo2-dev, pkg-config and build-essential',
      { cause },
    )
  }
  let gst: GstModule
  try {
    gst = gi.require('Gst', '1.0')
  } catch (cause) {
    throw new RxGstError(
      'ERR_MISSING_TYPELIB',
      'the typelib Gst-1.0 is missing: install the Debian package gir1.2-gstreamer-1.0',
      { cause },
    )
  }
  gst.init(null)
  const [major, minor] = gst.version()
  if (major !== 1 || minor < 22) {
    throw new RxGstError('ERR_GSTREAMER_VERSION', `GStreamer 1.22 or newer is needed, this is ${gst.versionString()}`)
  }
  loaded = { gst, glib: gi.require('GLib', '2.0'), addressOf: object => gi.System.addressOf(object) }
  return loaded
}

/** Whether any Node.js's binary of it is there. */
function isBuilt(): boolean {
  try {
    return readdirSync(path.join(path.dirname(require.resolve('node-gtk/package.json')), 'lib/binding')).length > 0
  } catch {
    return false
  }
}

/** Longest turn of the main context in one go: more waits for the next. */
const MOST_ITERATIONS = 50

/** node-gtk gives objects back in GLib idles: without this, every bus leaks two file descriptors. */
export function drainMainContext(): void {
  if (!loaded) return
  const context = loaded.glib.MainContext.default()
  for (let turn = 0; turn < MOST_ITERATIONS && context.iteration(false); turn++);
}

let turning = false

/**
 * From the first pipeline on, the main context is drained five times a second; the timer keeps no process alive. It
 * goes on after the last pipeline: V8 may collect its wrappers much later.
 */
export function pumpMainContext(): void {
  if (turning) return
  turning = true
  setInterval(drainMainContext, 200).unref()
}
