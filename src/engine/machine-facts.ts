import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { checkOneOf } from '../core/check'
import { native } from '../addon/binding'
import type { Device } from '../pipelines/candidates'
import type { MachineFacts, RenderNode } from '../pipelines/verdict'

const NVIDIA_DEVICE = '/dev/nvidiactl'
const NVIDIA_VERSION = '/proc/driver/nvidia/version'
const RENDER_NODES = '/dev/dri'
/** Debian's folders of libva's drivers. */
const VA_DRIVERS = ['/usr/lib/x86_64-linux-gnu/dri', '/usr/lib/aarch64-linux-gnu/dri']
/** Debian's folders of GStreamer's plugins. */
const PLUGINS = ['/usr/lib/x86_64-linux-gnu/gstreamer-1.0', '/usr/lib/aarch64-linux-gnu/gstreamer-1.0']
const VENDORS: Readonly<Record<string, RenderNode['vendor']>> = {
  '0x8086': 'intel',
  '0x1002': 'amd',
  '0x10de': 'nvidia',
}
/** Deadline of ldconfig, for a busy machine. */
const LINKER_DEADLINE_MS = 3000
/** The linker's list is valid for this long: a missing library may be installed later. */
const LIBRARIES_AGE_MS = 10 * 60_000
/** Folders in which the linker looks for libraries that are not in its cache. */
const LINKER_FOLDERS = ['/lib', '/usr/lib', '/lib64', '/usr/lib64', ...linkerFolders()]

function linkerFolders(): string[] {
  const name = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string]
  return name === undefined ? [] : [`/lib/${name}-linux-gnu`, `/usr/lib/${name}-linux-gnu`]
}

/**
 * Devices by the operator's order, in place of detection: RXGST_HARDWARE=none, nvidia or va, several with commas. For
 * devices in unusual places, and for machines whose hardware must not be used.
 */
function ordered(): readonly Device[] | null {
  const text = process.env['RXGST_HARDWARE']
  if (text === undefined || text === '') return null
  return text.split(',').flatMap(word => {
    const device = checkOneOf('RXGST_HARDWARE', word.trim(), ['none', 'nvidia', 'va'])
    return device === 'none' ? [] : [device]
  })
}

/** The linker's libraries, and the time of that list; null: unknown. */
let libraries: { readonly names: ReadonlySet<string>; readonly at: number } | null = null

/** The machine's devices now. Reads a few files in /dev, and uses no driver. */
export function machineFacts(now: number = performance.now()): MachineFacts {
  const order = ordered()
  if (order) {
    const renderNodes: RenderNode[] = order.includes('va')
      ? [{ path: 'RXGST_HARDWARE', vendor: 'other', accessible: true }]
      : []
    return { nvidia: order.includes('nvidia') ? 'RXGST_HARDWARE' : null, renderNodes, library: () => true }
  }
  // Without a recent list of the linker, the trial finds out.
  const known = libraries && now - libraries.at < LIBRARIES_AGE_MS ? libraries.names : null
  return { nvidia: nvidiaDriver(), renderNodes: renderNodes(), library: soname => known?.has(soname) ?? true }
}

function nvidiaDriver(): string | null {
  // A container without the card may still show the version file.
  if (!existsSync(NVIDIA_DEVICE)) return null
  return /\b\d+\.\d+(\.\d+)?\b/.exec(textOf(NVIDIA_VERSION))?.[0] ?? ''
}

function renderNodes(): RenderNode[] {
  return namesIn(RENDER_NODES)
    .filter(name => name.startsWith('renderD'))
    .map(name => {
      const path = join(RENDER_NODES, name)
      return {
        path,
        vendor: VENDORS[textOf(`/sys/class/drm/${name}/device/vendor`).trim()] ?? 'other',
        accessible: mayUse(path),
        group: groupOf(path),
      }
    })
}

function mayUse(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The file's group: its name, or its number where this system, or this container, has no name for it. */
function groupOf(path: string): string {
  try {
    const { gid } = statSync(path)
    return new RegExp(`^([^:]+):[^:]*:${gid}:`, 'm').exec(textOf('/etc/group'))?.[1] ?? String(gid)
  } catch {
    return ''
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/**
 * Reads the list of libraries from the dynamic linker, for machineFacts(). Never rejects, and keeps no process alive.
 */
export async function lookUpLibraries(now: number = performance.now()): Promise<void> {
  const known = [...(await linkerCache()).matchAll(/^\s*(\S+) \(/gm)].map(([, name]) => name!)
  const beside = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(folder => folder !== '')
  const names = known.length === 0 ? null : new Set([...known, ...[...beside, ...LINKER_FOLDERS].flatMap(namesIn)])
  libraries = names && { names, at: now }
}

/** The output of ldconfig; '': it failed. */
function linkerCache(): Promise<string> {
  return new Promise(resolve => {
    const options = { maxBuffer: 16 * 1024 * 1024 }
    const child = execFile('/sbin/ldconfig', ['-p'], options, (error, out) => {
      clearTimeout(timer)
      resolve(error ? '' : out)
    })
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      resolve('')
    }, LINKER_DEADLINE_MS)
    for (const handle of [child, timer, child.stdout, child.stderr] as ({ unref?(): void } | null)[]) handle?.unref?.()
  })
}

/** A key that changes whenever a trial may have another result: with drivers, GStreamer, its plugins, this package. */
export function machineKey(version: string): string {
  const drivers = VA_DRIVERS.flatMap(folder => namesIn(folder).map(name => stamp(join(folder, name))))
  const { nvidia, renderNodes: nodes } = machineFacts()
  const pluginPaths = [
    'GST_PLUGIN_PATH',
    'GST_PLUGIN_SYSTEM_PATH',
    'GST_PLUGIN_PATH_1_0',
    'GST_PLUGIN_SYSTEM_PATH_1_0',
  ].map(name => process.env[name] ?? '')
  // A folder's time changes when a package adds or removes a file.
  const plugins = [...pluginPaths, ...pluginPaths.flatMap(paths => paths.split(':')), ...PLUGINS]
    .filter(path => path !== '')
    .map(stamp)
  const chosen = ['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES', 'LIBVA_DRIVER_NAME', 'LIBVA_DRIVERS_PATH'].map(
    name => process.env[name] ?? '',
  )
  const parts = [version, native().gstreamer().text, process.arch, release(), nvidia, nodes, drivers, plugins, chosen]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

function stamp(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path)
    return `${path} ${size} ${mtimeMs}`
  } catch {
    return path
  }
}
