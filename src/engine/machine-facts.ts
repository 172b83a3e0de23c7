import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { checkOneOf } from '../core/check'
import { native } from '../addon/binding'
import type { Device, MachineFacts, RenderNode } from '../pipelines/candidates'

const NVIDIA_DEVICE = '/dev/nvidiactl'
const NVIDIA_VERSION = '/proc/driver/nvidia/version'
const RENDER_NODES = '/dev/dri'
/** Where Debian keeps the drivers that libva loads. */
const VA_DRIVERS = ['/usr/lib/x86_64-linux-gnu/dri', '/usr/lib/aarch64-linux-gnu/dri']
/** And those of GStreamer. */
const PLUGINS = ['/usr/lib/x86_64-linux-gnu/gstreamer-1.0', '/usr/lib/aarch64-linux-gnu/gstreamer-1.0']
const VENDORS: Readonly<Record<string, RenderNode['vendor']>> = {
  '0x8086': 'intel',
  '0x1002': 'amd',
  '0x10de': 'nvidia',
}
/** What the dynamic linker knows may be asked on a busy machine. */
const LINKER_DEADLINE = 3000
/** A library that was missing may have been installed, ms. */
const KNOWN_FOR = 10 * 60_000
/** Where it looks for what its cache does not have. */
const LINKER_FOLDERS = ['/lib', '/usr/lib', '/lib64', '/usr/lib64', ...linkerFolders()]

function linkerFolders(): string[] {
  const name = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string]
  return name === undefined ? [] : [`/lib/${name}-linux-gnu`, `/usr/lib/${name}-linux-gnu`]
}

/**
 * What the operator says instead of what is looked at: RXGST_HARDWARE=none, nvidia or va, several with commas. For
 * devices in unusual places, and for a machine whose hardware must not be touched.
 */
function ordered(): readonly Device[] | null {
  const text = process.env['RXGST_HARDWARE']
  if (text === undefined || text === '') return null
  return text.split(',').flatMap(word => {
    const device = checkOneOf('RXGST_HARDWARE', word.trim(), ['none', 'nvidia', 'va'])
    return device === 'none' ? [] : [device]
  })
}

/** `at`: when it was asked. */
let libraries: { readonly names: ReadonlySet<string>; readonly at: number } | null = null

/** The devices as they are now: a few looks into /dev, no driver is touched. */
export function machineFacts(now: number = performance.now()): MachineFacts {
  const order = ordered()
  if (order) {
    const renderNodes: RenderNode[] = order.includes('va')
      ? [{ path: 'RXGST_HARDWARE', vendor: 'other', accessible: true }]
      : []
    return { nvidia: order.includes('nvidia') ? 'RXGST_HARDWARE' : null, renderNodes, library: () => true }
  }
  // Where the linker has not been asked, or long ago, the trial finds out.
  const known = libraries && now - libraries.at < KNOWN_FOR ? libraries.names : null
  return { nvidia: nvidiaDriver(), renderNodes: renderNodes(), library: soname => known?.has(soname) ?? true }
}

function nvidiaDriver(): string | null {
  // The version alone is seen in a container that was not given the card.
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

/** Its name where this system, or this container, has one for it. */
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
 * Asks the dynamic linker which libraries it knows; machineFacts() tells of them from then on. Never rejects. Keeps no
 * process alive.
 */
export async function lookUpLibraries(now: number = performance.now()): Promise<void> {
  const known = [...(await linkerCache()).matchAll(/^\s*(\S+) \(/gm)].map(([, name]) => name!)
  const beside = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(folder => folder !== '')
  const names = known.length === 0 ? null : new Set([...known, ...[...beside, ...LINKER_FOLDERS].flatMap(namesIn)])
  libraries = names && { names, at: now }
}

/** '': it does not say. */
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
    }, LINKER_DEADLINE)
    for (const handle of [child, timer, child.stdout, child.stderr] as ({ unref?(): void } | null)[]) handle?.unref?.()
  })
}

/** Changes whenever a trial may come out differently: the drivers, GStreamer and its plugins, this package. */
export function machineKey(version: string): string {
  const drivers = VA_DRIVERS.flatMap(folder => namesIn(folder).map(name => stamp(join(folder, name))))
  const { nvidia, renderNodes: nodes } = machineFacts()
  const told = ['GST_PLUGIN_PATH', 'GST_PLUGIN_SYSTEM_PATH', 'GST_PLUGIN_PATH_1_0', 'GST_PLUGIN_SYSTEM_PATH_1_0'].map(
    name => process.env[name] ?? '',
  )
  // A folder changes when a package puts a file there or takes it away.
  const plugins = [...told, ...told.flatMap(paths => paths.split(':')), ...PLUGINS]
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
