/**
 * The loader of node-gtk, an optional peer dependency, at the first use of the door. Nothing else imports node-gtk. It
 * works in one thread of a process, and frees its objects when GLib's main context turns.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { native } from '../addon/binding'
import { RxGstError } from '../core/errors'
import { scriptsNotRun } from '../core/runtime'
import type { GLibModule, GstModule, Namespace, NodeGtk } from './types'

/** Debian packages for compiling node-gtk. */
const BUILD_PACKAGES = 'build-essential, python3, pkg-config, libgirepository1.0-dev and libcairo2-dev'
const INSTALL = 'npm install node-gtk@4.1.1'
/** Interval at which GLib's main context turns. */
const TURN_INTERVAL_MS = 200
/** Most iterations of the main context at a time; the rest waits for the next interval. */
const MOST_ITERATIONS = 50

let loaded: NodeGtk | null = null

/**
 * A namespace of GObject introspection, which node-gtk makes from the machine's typelib; by default GStreamer's. The
 * first call loads node-gtk and blocks the event loop for about 60 ms.
 *
 * ERR_ADDON_NOT_BUILT, ERR_MISSING_TYPELIB: something is not installed; the message tells what. ERR_OTHER_THREAD:
 * another thread of the process uses node-gtk.
 *
 * @example
 * ```ts
 * import { gi } from 'rxgst/gi'
 * console.log(gi().versionString())
 * ```
 */
export function gi(): Namespace<'Gst', '1.0'>
export function gi<Name extends string, Version extends string>(name: Name, version: Version): Namespace<Name, Version>
export function gi(name = 'Gst', version = '1.0'): unknown {
  loaded ??= open()
  return typelib(loaded, name, version)
}

function open(): NodeGtk {
  const nodeGtk = load()
  // node-gtk's handles in a worker's event loop outlive the worker's environment.
  native().keepLoaded('node_gtk')
  // GLib comes first: if a later typelib is missing, the objects made until then are still freed.
  turnMainContext(typelib(nodeGtk, 'GLib', '2.0') as GLibModule)
  const gst = typelib(nodeGtk, 'Gst', '1.0') as GstModule
  gst.init(null)
  return nodeGtk
}

function load(): NodeGtk {
  try {
    return require('node-gtk') as NodeGtk
  } catch (cause) {
    const { code } = cause as { code?: string }
    if (/did not self-register/.test(String(cause))) {
      const text = 'only one thread of a process can use rxgst/gi, because of node-gtk; another thread has used it'
      throw new RxGstError('ERR_OTHER_THREAD', text, { cause })
    }
    throw new RxGstError('ERR_ADDON_NOT_BUILT', whyNot(code === 'MODULE_NOT_FOUND', cause), { cause })
  }
}

function whyNot(missing: boolean, cause: unknown): string {
  const how = `it needs the Debian packages ${BUILD_PACKAGES}`
  if (missing && !isInstalled()) {
    return `rxgst/gi needs node-gtk, which is not installed: run "${INSTALL}"; ${how}`
  }
  if (!isBuilt()) return `node-gtk is not built: ${scriptsNotRun('node-gtk')}; ${how}`
  const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
  return `node-gtk does not load (${why}): run "npm rebuild node-gtk"; ${how}`
}

function folder(): string | null {
  try {
    return path.dirname(require.resolve('node-gtk/package.json'))
  } catch {
    return null
  }
}

function isInstalled(): boolean {
  return folder() !== null
}

/** Whether a binary of node-gtk exists, for any version of Node.js. */
function isBuilt(): boolean {
  try {
    return readdirSync(path.join(folder()!, 'lib/binding')).length > 0
  } catch {
    return false
  }
}

function typelib(nodeGtk: NodeGtk, name: string, version: string): unknown {
  try {
    return nodeGtk.require(name, version)
  } catch (cause) {
    const text = `the typelib ${name}-${version} is missing: install the Debian package ${debianPackage(name, version)}`
    throw new RxGstError('ERR_MISSING_TYPELIB', text, { cause })
  }
}

/** The typelib's Debian package, by Debian's naming rule; GStreamer's are named by source package. */
function debianPackage(name: string, version: string): string {
  if (/^(GLib|GObject|Gio|GModule)$/.test(name)) return 'gir1.2-glib-2.0'
  if (/^Gst(Base|Check|Controller|Net)?$/.test(name)) return 'gir1.2-gstreamer-1.0'
  if (/^Gst(Allocators|App|Audio|GL|Pbutils|Rtp|Rtsp|Sdp|Tag|Video)$/.test(name)) return 'gir1.2-gst-plugins-base-1.0'
  if (/^Gst/.test(name)) return 'gir1.2-gst-plugins-bad-1.0'
  return `gir1.2-${name.toLowerCase()}-${version}`
}

/** Turns GLib's main context at an interval, without keeping the process alive. */
function turnMainContext(glib: GLibModule): void {
  const context = glib.MainContext.default()
  const turn = (): void => {
    for (let turned = 0; turned < MOST_ITERATIONS && context.iteration(false); turned++);
  }
  setInterval(turn, TURN_INTERVAL_MS).unref()
}
