import type { VideoCodec } from '../core/options-output'
import { debianPackage } from './element-knowledge'

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
 * A codec that is named is what the stream begins with; the software encoders follow it for a stream that runs: it stays
 * on air. Where none is named, everything is tried in turn.
 */
export function encoderLadder(vcodec: VideoCodec | null, gpuAcceleration: boolean): readonly Rung[] {
  const all = allRungs('encoder')
  if (vcodec === null) return all.filter(({ device }) => gpuAcceleration || device === 'software')
  const named = BY_CODEC[vcodec]
  const others = all.filter(({ factory, device }) => device === 'software' && !named.includes(factory))
  return [...all.filter(({ factory }) => named.includes(factory)), ...others.map((rung) => ({ ...rung, rescue: true }))]
}

/** Why an element is not used, and what to do about it. */
export interface Refusal {
  readonly reason: string
  /** null: there is nothing to do. */
  readonly remedy: string | null
  /** It is not there at all, so that it could be tried. */
  readonly absent?: true
}

export interface RenderNode {
  readonly path: string
  readonly vendor: 'intel' | 'amd' | 'nvidia' | 'other'
  /** Whether this process may use it. */
  readonly accessible: boolean
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
const NVIDIA_LIBRARIES: readonly [soname: string, debian: string, kind: CodecKind | null][] = [
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
    return { reason: 'no NVIDIA device: there is no /dev/nvidiactl', remedy: 'with a card: install the Debian package nvidia-driver; in a container: start it with the card (--gpus all)' }
  }
  const kind: CodecKind = factory.endsWith('dec') ? 'decoder' : 'encoder'
  const lacking = NVIDIA_LIBRARIES.find(([soname, , of]) => (of === null || of === kind) && !library(soname))
  if (!lacking) return null
  const [soname, debian] = lacking
  return { reason: `${soname} is missing`, remedy: `install the Debian package ${debian}; in a container: set NVIDIA_DRIVER_CAPABILITIES=video,compute,utility` }
}

function vaObstacle({ renderNodes }: MachineFacts): Refusal | null {
  const nodes = renderNodes.filter(({ vendor }) => vendor !== 'nvidia')
  if (nodes.length === 0) return { reason: 'no VA device: there is no render node of Intel or AMD in /dev/dri', remedy: 'with such a chip: load its kernel driver; in a container: start it with --device /dev/dri' }
  if (nodes.some(({ accessible }) => accessible)) return null
  return { reason: `no access to ${nodes.map(({ path }) => path).join(', ')}`, remedy: 'add the user to the group that owns it, most often render: usermod -aG render USER' }
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
  /** ms from a picture's way in to its way out through encoder and decoder, the median. */
  readonly latency: number
  /** The file that the element is loaded from; null: it is part of this process's registry. */
  readonly plugin: string | null
}

/** How a proof is made: so many pictures, live, a keyframe every so many. */
export const PROOF = { pictures: 30, gop: 10, fps: 30, width: 1280, height: 720, bitrate: 8_000_000 } as const

/** dB. A second generation at 8 Mbit/s has 38 and more; another picture, other colours or a broken half 20 at most. */
const LEAST_PSNR = 30
/** ms: more than seven pictures held back, and the output is no live one any more. */
const MOST_LATENCY = 250

/** Whether it may be used; null: yes. */
export function judge({ factory, device }: Rung, proof: Proof, facts: MachineFacts): Refusal | null {
  const { outcome, text, pictures, wanted, psnr, keyframes, latency } = proof
  if (outcome === 'absent') return { ...absent(factory, device, facts), absent: true }
  if (outcome !== 'done') return { reason: text, remedy: driverRemedy(device) }
  if (pictures !== wanted) return { reason: `it gave ${pictures} of ${wanted} pictures`, remedy: driverRemedy(device) }
  if (!(psnr >= LEAST_PSNR)) return { reason: `its pictures are wrong: ${psnr.toFixed(1)} dB beside the original`, remedy: driverRemedy(device) }
  const expected = Array.from({ length: PROOF.pictures / PROOF.gop }, (_, i) => i * PROOF.gop)
  if (factory.endsWith('enc') && keyframes.join() !== expected.join()) {
    return { reason: `its keyframes are at ${keyframes.join(', ') || 'no picture'} where ${expected.join(', ')} was asked for`, remedy: driverRemedy(device) }
  }
  if (latency > MOST_LATENCY) return { reason: `it is too slow for live pictures: ${Math.round(latency)} ms behind`, remedy: 'another program may be using the device' }
  return null
}

function absent(factory: string, device: Device, { renderNodes }: MachineFacts): Refusal {
  if (device === 'software') return { reason: `GStreamer has no ${factory}`, remedy: `install the Debian package ${debianPackage(factory)}` }
  if (factory.startsWith('vaapi')) return { reason: `GStreamer has no ${factory}`, remedy: 'install the Debian package gstreamer1.0-vaapi, where the va elements do not do' }
  if (device === 'nvidia') return { reason: `GStreamer's nvcodec offers no ${factory}: the driver or the card cannot do it`, remedy: 'cards for computing (A100, H100, H200) have no encoder; else update the driver' }
  const vendors = [...new Set(renderNodes.map(({ vendor }) => vendor))]
  return { reason: `GStreamer's va offers no ${factory}: its VA driver is missing or cannot do it`, remedy: `install the Debian package ${vendors.map((vendor) => VA_DRIVERS[vendor]).join(' or ')}` }
}

function driverRemedy(device: Device): string | null {
  if (device === 'software') return null
  return device === 'nvidia' ? "update NVIDIA's driver; nvidia-smi tells whether the card is well" : 'update the VA driver; vainfo (Debian package vainfo) tells whether it is well'
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
    const sure = rungs.findIndex((rung) => this.#works(rung) === true)
    return rungs.slice(0, sure < 0 ? undefined : sure).filter((rung) => this.#works(rung) === undefined)
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
