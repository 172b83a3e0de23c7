import type { VideoCodec } from '../core/types'
import { debianPackage } from './elements/knowledge'

/** What does the work: a card, or the processor. */
export type Device = 'nvidia' | 'va' | 'software'
export type CodecKind = 'decoder' | 'encoder'

/** One element that may decode or encode H.264. */
export interface Rung {
  readonly factory: string
  readonly device: Device
  /** Only for a stream that runs already, when what was asked for has failed: nobody asked for this one. */
  readonly rescue: boolean
}

type Step = readonly [factory: string, device: Device]

/** From the most wanted to the one that always works. */
const DECODERS: readonly Step[] = [
  ['nvh264dec', 'nvidia'],
  ['vah264dec', 'va'],
  ['vaapih264dec', 'va'],
  ['avdec_h264', 'software'],
]

const ENCODERS: readonly Step[] = [
  ['nvh264enc', 'nvidia'],
  ['vah264enc', 'va'],
  // The only one that Intel's newer chips have.
  ['vah264lpenc', 'va'],
  ['vaapih264enc', 'va'],
  ['x264enc', 'software'],
  ['openh264enc', 'software'],
]

/** The elements behind each codec name of FFmpeg's, the first of them that works is taken. */
const BY_CODEC: Readonly<Record<VideoCodec, readonly string[]>> = {
  libx264: ['x264enc'],
  libopenh264: ['openh264enc'],
  h264_nvenc: ['nvh264enc'],
  h264_vaapi: ['vah264enc', 'vah264lpenc', 'vaapih264enc'],
}

export function deviceOf(factory: string): Device {
  return [...DECODERS, ...ENCODERS].find(([name]) => name === factory)?.[1] ?? 'software'
}

/** Every element that is known, for a report. */
export function allRungs(kind: CodecKind): readonly Rung[] {
  return (kind === 'decoder' ? DECODERS : ENCODERS).map(([factory, device]) => ({ factory, device, rescue: false }))
}

export function decoderLadder(gpuAcceleration: boolean): readonly Rung[] {
  return allRungs('decoder').filter(({ device }) => gpuAcceleration || device === 'software')
}

/**
 * A codec that is named is what the stream begins with; the software encoders follow it for a stream that runs: it
 * stays on air. Where none is named, everything is tried in turn.
 */
export function encoderLadder(vcodec: VideoCodec | null, gpuAcceleration: boolean): readonly Rung[] {
  const all = allRungs('encoder')
  if (vcodec === null) return all.filter(({ device }) => gpuAcceleration || device === 'software')
  const named = BY_CODEC[vcodec]
  const others = all.filter(({ factory, device }) => device === 'software' && !named.includes(factory))
  return [...all.filter(({ factory }) => named.includes(factory)), ...others.map(rung => ({ ...rung, rescue: true }))]
}

/** Why an element is not used, and what to do about it. */
export interface Refusal {
  readonly reason: string
  /** null: there is nothing to do. */
  readonly remedy: string | null
  /** It is not there at all, so that it could be tried. */
  readonly absent?: true
  /** Nor is there a device for it: nobody can have expected it to be used. */
  readonly deviceless?: true
}

/** One of VA's devices. */
export interface RenderNode {
  /** Its file, such as /dev/dri/renderD128; 'RXGST_HARDWARE' where that says that there is one. */
  readonly path: string
  /** Who made it. */
  readonly vendor: 'intel' | 'amd' | 'nvidia' | 'other'
  /** Whether this process may use it. */
  readonly accessible: boolean
  /** Who may: the name of its group, or its number where it has none here; '' where it does not tell. */
  readonly group?: string
}

/** What can be known of a machine without touching a driver. */
export interface MachineFacts {
  /** The version of NVIDIA's kernel driver, '' where it does not tell; null: there is none. */
  readonly nvidia: string | null
  readonly renderNodes: readonly RenderNode[]
  /** Whether the dynamic linker finds a library; asked only for a device that is there. */
  readonly library: (soname: string) => boolean
}

/** What NVIDIA's driver is made of, for us, and the Debian package of each part. */
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

/** What stands in the way before anything is tried; null: try it. */
export function obstacle({ factory, device }: Rung, facts: MachineFacts): Refusal | null {
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
  return {
    reason: `${soname} is missing`,
    remedy: `install the Debian package ${debian}; in a container: set NVIDIA_DRIVER_CAPABILITIES=video,compute,utility`,
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
  const remedy = `add the user to the group that owns it: ${groups.map(group => (/^\d+$/.test(group) ? `in a container --group-add ${group}` : `usermod -aG ${group} USER`)).join(', ')}`
  return {
    reason: `no access to ${nodes.map(({ path, group }) => (group ? `${path} (group ${group})` : path)).join(', ')}`,
    remedy,
  }
}

/** What an element did with the pictures of its proof. */
export interface Proof {
  readonly outcome: 'absent' | 'failed' | 'crashed' | 'late' | 'done'
  /** What went wrong, for people; '' where it is done. */
  readonly text: string
  /** Of those below: what came out, what should have. */
  readonly pictures: number
  readonly wanted: number
  /** dB, of the worst picture, beside what went in. */
  readonly psnr: number
  /** Where the encoder put keyframes; of a decoder, []. */
  readonly keyframes: readonly number[]
  /** ms from a picture's way in to its way out through encoder and decoder, one after the other; the median. */
  readonly latency: number
  /** The same pictures at the same time, through software alone. */
  readonly software: number
  /** The file that the element is loaded from; null: it is part of this process's registry. */
  readonly plugin: string | null
}

/** How a proof is made: so many pictures, live, a keyframe every so many. */
export const PROOF = { pictures: 30, gop: 10, fps: 30, width: 1280, height: 720, bitrate: 8_000_000 } as const

/** A proof that has not come about, or not yet. */
export const NOTHING_PROVEN: Proof = {
  outcome: 'failed',
  text: '',
  pictures: 0,
  wanted: PROOF.pictures,
  psnr: 0,
  keyframes: [],
  latency: 0,
  software: 0,
  plugin: null,
}

/** dB. A second generation at 8 Mbit/s has 38 and more; another picture, other colours or a broken half 20 at most. */
const LEAST_PSNR = 30
/**
 * ms behind software, at 30 pictures a second: less than one of them. What holds a single picture back is no gain for a
 * live stream, however little of the processor it takes. And some more of what software takes: that is much on a
 * machine that is busy, and then it says little.
 */
const MOST_BEHIND = 25
const SOME_MORE = 1.2

/** Whether it may be used; null: yes. */
export function judge({ factory, device }: Rung, proof: Proof, facts: MachineFacts): Refusal | null {
  const { outcome, text, pictures, wanted, psnr, keyframes, latency, software } = proof
  if (outcome === 'absent') return { ...absent(factory, device, facts, text), absent: true }
  if (outcome !== 'done') return { reason: text, remedy: driverRemedy(device) }
  if (pictures !== wanted) return { reason: `it gave ${pictures} of ${wanted} pictures`, remedy: driverRemedy(device) }
  if (!(psnr >= LEAST_PSNR))
    return { reason: `its pictures are wrong: ${psnr.toFixed(1)} dB beside the original`, remedy: driverRemedy(device) }
  const expected = Array.from({ length: PROOF.pictures / PROOF.gop }, (_, i) => i * PROOF.gop)
  if (factory.endsWith('enc') && keyframes.join() !== expected.join()) {
    return {
      reason: `its keyframes are at ${keyframes.join(', ') || 'no picture'} where ${expected.join(', ')} was asked for`,
      remedy: driverRemedy(device),
    }
  }
  // Where software could not keep up either, nothing is known of it: both are Infinity then.
  if (device !== 'software' && !(latency <= software * SOME_MORE + MOST_BEHIND && Number.isFinite(latency))) {
    const beside = Number.isFinite(software) ? ` where software takes ${Math.round(software)}` : ''
    return {
      reason: `it is too slow for live pictures: they take ${Math.round(latency)} ms${beside}`,
      remedy: 'another program may be using the device',
    }
  }
  return null
}

/** @param found what the trial found in the way; '' where nothing is: then it is the card that cannot do it */
function absent(factory: string, device: Device, { renderNodes }: MachineFacts, found: string): Refusal {
  if (device === 'software')
    return { reason: `GStreamer has no ${factory}`, remedy: `install the Debian package ${debianPackage(factory)}` }
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

/** Most often the dynamic linker names a library; of one that NVIDIA's driver has, its package is known. */
function missingRemedy(found: string): string {
  const soname = /([\w.-]+\.so[\w.]*): cannot open shared object file/.exec(found)?.[1]
  if (soname === undefined)
    return 'nvidia-smi tells whether the driver and the card are well; its kernel module and its libraries must be of one version'
  const debian = NVIDIA_LIBRARIES.find(([name]) => name === soname)?.[1]
  if (debian === undefined)
    return `install the package that has ${soname}, which the driver's libraries need; in a container: mount it beside them`
  return `install the Debian package ${debian}; in a container: set NVIDIA_DRIVER_CAPABILITIES=video,compute,utility`
}

function driverRemedy(device: Device): string | null {
  if (device === 'software') return null
  return device === 'nvidia'
    ? "update NVIDIA's driver; nvidia-smi tells whether the card is well"
    : 'update the VA driver; vainfo (Debian package vainfo) tells whether it is well'
}

/** What is known of a rung: it works, or why not; undefined: it has not been tried. */
export type Verdict = { readonly works: true } | { readonly works: false; readonly refusal: Refusal }

/**
 * Where on its ladder a stream is. `verdict` is asked again each time: others may have found out meanwhile. Software is
 * taken as it is.
 */
export class Descent {
  readonly #rungs: readonly Rung[]
  readonly #verdict: (factory: string) => Verdict | undefined
  #at = 0

  constructor(rungs: readonly Rung[], verdict: (factory: string) => Verdict | undefined) {
    this.#rungs = rungs
    this.#verdict = verdict
  }

  /** Those to be tried, in turn, before the stream begins: the first that works is taken. */
  get untried(): readonly Rung[] {
    const rungs = this.#rungs.slice(this.#at).filter(({ rescue }) => !rescue)
    const sure = rungs.findIndex(rung => this.#works(rung) === true)
    return rungs.slice(0, sure < 0 ? undefined : sure).filter(rung => this.#works(rung) === undefined)
  }

  #works({ factory, device }: Rung): boolean | undefined {
    return device === 'software' ? true : this.#verdict(factory)?.works
  }

  /** The one in use: the first from where it is that works. null: none that was asked for does. */
  get rung(): Rung | null {
    const found = this.#rungs.findIndex((rung, i) => i >= this.#at && this.#works(rung) === true)
    if (found < 0 || (this.#rungs[found]!.rescue && this.#at === 0)) return null
    return this.#rungs[found]!
  }

  /** The one in use has failed: another that works takes over, or, null, there is none. `running`: a rescue will do. */
  fall(running: boolean): Rung | null {
    const current = this.rung
    if (!current) return null
    const at = this.#rungs.indexOf(current) + 1
    const next = this.#rungs.findIndex((rung, i) => i >= at && (running || !rung.rescue) && this.#works(rung) === true)
    if (next < 0) return null
    this.#at = next
    return this.#rungs[next]!
  }

  /** Why those above the one in use are not used. */
  get refusals(): readonly { readonly factory: string; readonly refusal: Refusal }[] {
    return this.#rungs.flatMap(({ factory }) => {
      const verdict = this.#verdict(factory)
      return verdict && !verdict.works ? [{ factory, refusal: verdict.refusal }] : []
    })
  }
}
