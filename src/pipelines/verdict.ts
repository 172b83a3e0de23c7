import type { Candidate, CodecKind, Device } from './candidates'
import { debianPackage } from './elements/knowledge'

/** Why an element is not used, and the remedy. */
export interface Refusal {
  readonly reason: string
  /** null: no remedy. */
  readonly remedy: string | null
  /** true: the element does not exist, so it cannot be tried. */
  readonly absent?: true
  /** true: there is no device for it either, so no one expects its use. */
  readonly deviceless?: true
}

/** A VA render device. */
export interface RenderNode {
  /** Its file, such as /dev/dri/renderD128; 'RXGST_HARDWARE' if that variable declares it. */
  readonly path: string
  /** The manufacturer. */
  readonly vendor: 'intel' | 'amd' | 'nvidia' | 'other'
  /** Whether this process has access. */
  readonly accessible: boolean
  /** The group with access: its name, or its number if it has no name here; '' if unknown. */
  readonly group?: string
}

/** The facts about a machine that need no driver call. */
export interface MachineFacts {
  /** The version of NVIDIA's kernel driver, '' if unknown; null: no driver. */
  readonly nvidia: string | null
  readonly renderNodes: readonly RenderNode[]
  /** Whether the dynamic linker finds a library; asked only if the device exists. */
  readonly library: (soname: string) => boolean
}

/** The libraries of NVIDIA's driver that rxgst needs, with their Debian packages. */
export const NVIDIA_LIBRARIES: readonly [soname: string, debian: string, kind: CodecKind | null][] = [
  ['libcuda.so.1', 'libcuda1', null],
  ['libnvcuvid.so.1', 'libnvcuvid1', 'decoder'],
  ['libnvidia-encode.so.1', 'libnvidia-encode1', 'encoder'],
]

const VA_DRIVERS: Readonly<Record<RenderNode['vendor'], string>> = {
  intel: 'intel-media-va-driver (or i965-va-driver for chips before 2015)',
  amd: 'mesa-va-drivers',
  nvidia: 'nvidia-vaapi-driver, which decodes only',
  other: 'mesa-va-drivers',
}

/** The obstacle that is known before a trial; null: try the element. */
export function obstacle({ factory, device }: Candidate, facts: MachineFacts): Refusal | null {
  const found = device === 'nvidia' ? nvidiaObstacle(factory, facts) : device === 'va' ? vaObstacle(facts) : null
  return found && { ...found, absent: true }
}

function nvidiaObstacle(factory: string, { nvidia, library }: MachineFacts): Refusal | null {
  if (nvidia === null) {
    const remedy =
      'with a card: install the Debian package nvidia-driver; in a container: start it with the card (--gpus all)'
    return { reason: 'no NVIDIA device: there is no /dev/nvidiactl', remedy, deviceless: true }
  }
  const kind: CodecKind = factory.endsWith('dec') ? 'decoder' : 'encoder'
  const lacking = NVIDIA_LIBRARIES.find(([soname, , of]) => (of === null || of === kind) && !library(soname))
  if (!lacking) return null
  const [soname, debian] = lacking
  const variable = 'NVIDIA_DRIVER_CAPABILITIES=video,compute,utility'
  return {
    reason: `${soname} is missing`,
    remedy: `install the Debian package ${debian}; in a container: set ${variable}`,
  }
}

function vaObstacle({ renderNodes }: MachineFacts): Refusal | null {
  const nodes = renderNodes.filter(({ vendor }) => vendor !== 'nvidia')
  if (nodes.length === 0) {
    const remedy = 'with such a chip: load its kernel driver; in a container: start it with --device /dev/dri'
    return { reason: 'no VA device: there is no render node of Intel or AMD in /dev/dri', remedy, deviceless: true }
  }
  if (nodes.some(({ accessible }) => accessible)) return null
  const groups = [...new Set(nodes.map(({ group }) => group || 'render'))]
  const ways = groups.map(group =>
    /^\d+$/.test(group) ? `in a container --group-add ${group}` : `usermod -aG ${group} USER`,
  )
  const remedy = `add the user to the group that owns it: ${ways.join(', ')}`
  return {
    reason: `no access to ${nodes.map(({ path, group }) => (group ? `${path} (group ${group})` : path)).join(', ')}`,
    remedy,
  }
}

/** The result of a trial. */
export interface TrialResult {
  readonly outcome: 'absent' | 'failed' | 'crashed' | 'late' | 'done'
  /** The problem, for people; '' if the outcome is 'done'. */
  readonly text: string
  /** Frames that came out of `wanted` ones. */
  readonly pictures: number
  readonly wanted: number
  /** PSNR of the worst frame against the original, dB. */
  readonly psnr: number
  /** Frame numbers of the encoder's keyframes; [] for a decoder. */
  readonly keyframes: readonly number[]
  /** Median delay of a frame through encoder and decoder, ms. */
  readonly latency: number
  /** The same delay of the same frames through software only, at the same time, ms. */
  readonly software: number
  /** The plugin file of the element; null: this process's own registry has the element. */
  readonly plugin: string | null
}

/** Settings of a trial: number of frames, keyframe distance, frame rate, size. */
export const TRIAL = { pictures: 30, gop: 10, fps: 30, width: 1280, height: 720, bitrate: 8_000_000 } as const

/** A trial that has not come about, or not yet. */
export const NO_RESULT: TrialResult = {
  outcome: 'failed',
  text: '',
  pictures: 0,
  wanted: TRIAL.pictures,
  psnr: 0,
  keyframes: [],
  latency: 0,
  software: 0,
  plugin: null,
}

/**
 * Minimum PSNR, dB. A second generation at 8 Mbit/s has 38 dB and more; another frame, other colours or a broken half
 * have 20 dB at most.
 */
const LEAST_PSNR = 30
/**
 * Limit of the delay: software's delay × SOME_MORE + MOST_BEHIND ms. MOST_BEHIND is less than one frame at 30 per
 * second, because an element that holds back one frame is no gain for a live stream, even if it saves processor time.
 * The factor matters on a busy machine, where software's delay is long and says little.
 */
const MOST_BEHIND = 25
const SOME_MORE = 1.2

/** Why the element must not be used after its trial; null: it may be used. */
export function judge({ factory, device }: Candidate, trialResult: TrialResult, facts: MachineFacts): Refusal | null {
  const { outcome, text, pictures, wanted, psnr, keyframes, latency, software } = trialResult
  if (outcome === 'absent') return { ...absent(factory, device, facts, text), absent: true }
  if (outcome !== 'done') return { reason: text, remedy: driverRemedy(device) }
  if (pictures !== wanted) return { reason: `it gave ${pictures} of ${wanted} pictures`, remedy: driverRemedy(device) }
  if (!(psnr >= LEAST_PSNR))
    return { reason: `its pictures are wrong: ${psnr.toFixed(1)} dB beside the original`, remedy: driverRemedy(device) }
  const expected = Array.from({ length: TRIAL.pictures / TRIAL.gop }, (_, i) => i * TRIAL.gop)
  if (factory.endsWith('enc') && keyframes.join() !== expected.join()) {
    return {
      reason: `its keyframes are at ${keyframes.join(', ') || 'no picture'} where ${expected.join(', ')} was asked for`,
      remedy: driverRemedy(device),
    }
  }
  // If software could not keep up either, both delays are Infinity and prove nothing.
  if (device !== 'software' && !(latency <= software * SOME_MORE + MOST_BEHIND && Number.isFinite(latency))) {
    const beside = Number.isFinite(software) ? ` where software takes ${Math.round(software)}` : ''
    return {
      reason: `it is too slow for live pictures: they take ${Math.round(latency)} ms${beside}`,
      remedy: 'another program may be using the device',
    }
  }
  return null
}

/** |@param found the obstacle that the trial found; '' if it found none: then the card lacks the function */
function absent(factory: string, device: Device, { renderNodes }: MachineFacts, found: string): Refusal {
  if (device === 'software') {
    const debian = debianPackage(factory)
    return { reason: `GStreamer has no ${factory}`, remedy: debian && `install the Debian package ${debian}` }
  }
  if (factory.startsWith('vaapi'))
    return {
      reason: `GStreamer has no ${factory}`,
      remedy: 'install the Debian package gstreamer1.0-vaapi, where the va elements do not do',
    }
  if (device === 'nvidia') {
    const remedy = 'cards for computing (A100, H100, H200) have no encoder; else update the driver'
    return {
      reason: `GStreamer's nvcodec offers no ${factory}: ${found || 'the driver or the card cannot do it'}`,
      remedy: found ? missingRemedy(found) : remedy,
    }
  }
  const vendors = [...new Set(renderNodes.map(({ vendor }) => vendor))]
  const drivers = vendors.map(vendor => VA_DRIVERS[vendor]).join(' or ')
  return {
    reason: `GStreamer's va offers no ${factory}: ${found || 'its VA driver is missing or cannot do it'}`,
    remedy: `install the Debian package ${drivers}`,
  }
}

/** The dynamic linker usually names a library; the packages of NVIDIA's libraries are known. */
function missingRemedy(found: string): string {
  const soname = /([\w.-]+\.so[\w.]*): cannot open shared object file/.exec(found)?.[1]
  if (soname === undefined)
    return (
      'nvidia-smi tells whether the driver and the card are well; its kernel module and its libraries ' +
      'must be of one version'
    )
  const debian = NVIDIA_LIBRARIES.find(([name]) => name === soname)?.[1]
  if (debian === undefined)
    return (
      `install the package that has ${soname}, which the driver's libraries need; in a container: mount ` +
      'it beside them'
    )
  return `install the Debian package ${debian}; in a container: set NVIDIA_DRIVER_CAPABILITIES=video,compute,utility`
}

function driverRemedy(device: Device): string | null {
  if (device === 'software') return null
  return device === 'nvidia'
    ? "update NVIDIA's driver; nvidia-smi tells whether the card is well"
    : 'update the VA driver; vainfo (Debian package vainfo) tells whether it is well'
}

/** The known result of a candidate: it works, or the reason; undefined: no trial yet. */
export type Verdict = { readonly works: true } | { readonly works: false; readonly refusal: Refusal }
