import { checkBoolean, checkRecord } from '../../core/check'
import { debianPackage } from '../../engine/debian'
import { debianPackage as knownPackage } from '../../pipelines/elements/knowledge'
import { native } from '../../addon/binding'
import { VIDEO_CODECS } from '../../pipelines/video-codecs'
import { allCandidates, codecOf, OUTPUT_CODECS, type CodecKind, type Device } from '../../pipelines/candidates'
import type { RenderNode } from '../../pipelines/verdict'
import { machineFacts } from '../../engine/machine-facts'
import { unfitProperties } from '../own-graph'
import { checkMachine } from '../../engine/prepare'
import { runTrial, VERSION } from './trial'

/** The finding on one element that decodes or encodes. */
export interface CodecFinding {
  /** Codec by FFmpeg's name. */
  readonly codec: 'h264' | 'hevc' | 'av1'
  /** Its name in GStreamer. */
  readonly element: string
  /** The device that it runs on; null: the processor. */
  readonly device: Device
  /** Whether it passed its trial. */
  readonly works: boolean
  /** Why it is not used; null: it works. */
  readonly reason: string | null
  /** What to do about it; null: nothing, or nothing is wrong. */
  readonly remedy: string | null
  /**
   * Milliseconds of a 720p picture through this element and its counterpart in software; null: not measured.
   */
  readonly latency: number | null
  /** PSNR of its worst picture against the original, dB; null: not measured. */
  readonly psnr: number | null
}

/** The report of doctor(). */
export interface DoctorReport {
  /** Version of this package. */
  readonly rxgst: string
  /** Version of Node.js. */
  readonly node: string
  /** Version of GStreamer. */
  readonly gstreamer: string
  /** Version of NVIDIA's driver; '' if it does not tell its version; null: there is no driver. */
  readonly nvidia: string | null
  /** Render nodes, the devices of VA-API. */
  readonly renderNodes: readonly RenderNode[]
  /**
   * Missing elements without which captures or outputs do not start, and the Debian package of each. The transports
   * 'rtmp2' and 'librtmp', for those who name them, need elements of their own besides.
   */
  readonly missing: readonly {
    /** Its name in GStreamer. */
    readonly element: string
    /** The package that has it. */
    readonly debian: string
  }[]
  /**
   * Properties that captures and outputs set, and that an element of this GStreamer does not take in that form. None in
   * 1.22 and in 1.26.
   */
  readonly unfit: readonly {
    /** Its name in GStreamer. */
    readonly element: string
    /** Name of the property. */
    readonly property: string
    /** Whether captures or outputs do not start without it. */
    readonly needed: boolean
  }[]
  /** Decoders of H.264, HEVC and AV1, in the order in which they are tried. */
  readonly decoders: readonly CodecFinding[]
  /** Encoders of H.264, HEVC and AV1, in the order in which they are tried. */
  readonly encoders: readonly CodecFinding[]
  /** The decoder of H.264 of a capture with default options; null: there is none. */
  readonly decoder: string | null
  /** The encoder of an output with default options, which is one of H.264; null: there is none. */
  readonly encoder: string | null
}

/** Options of doctor(). */
export interface DoctorOptions {
  /** Repeats all trials, also those with a known result. Default false. */
  readonly fresh?: boolean
}

/** Elements of captures and outputs over rxrtmp, which is part of this package, apart from the codecs of H.264. */
const NEEDED = [
  'h264parse',
  'aacparse',
  'avdec_aac',
  'avenc_aac',
  'videoconvert',
  'audioconvert',
  'audioresample',
  'appsrc',
  'appsink',
]

/**
 * Examines this machine: what is installed, what works, and how to repair the rest. It tries the elements of
 * devices, and all of H.264, in a process of its own (about 1.5 s each, the first time); software of HEVC and AV1 it
 * only looks for. The command `npx rxgst doctor`
 * prints the report.
 *
 * ERR_ADDON_NOT_BUILT, ERR_GSTREAMER_VERSION: the installation of rxgst is incomplete.
 */
export async function doctor(options: DoctorOptions = {}): Promise<DoctorReport> {
  const given = checkRecord('options', options, ['fresh'])
  const fresh = checkBoolean('fresh', given['fresh'] ?? false)
  checkMachine()
  const missing = await native().loadFactories(NEEDED)
  // A trial alone would not keep this process alive.
  const alive = setInterval(() => {}, 60_000)
  const [decoders, encoders] = await examineAll(fresh).finally(() => clearInterval(alive))
  const { nvidia, renderNodes } = machineFacts()
  return {
    rxgst: VERSION,
    node: process.version,
    gstreamer: native()
      .gstreamer()
      .text.replace(/^GStreamer /, ''),
    nvidia,
    renderNodes,
    missing: missing.map(element => ({ element, debian: debianPackage(element) })),
    unfit: (await unfitProperties()).map(({ factory, property, needed }) => ({ element: factory, property, needed })),
    decoders,
    encoders,
    decoder: decoders.find(({ works, codec }) => works && codec === 'h264')?.element ?? null,
    encoder: encoders.find(({ works, codec }) => works && codec === 'h264')?.element ?? null,
  }
}

async function examineAll(fresh: boolean): Promise<[CodecFinding[], CodecFinding[]]> {
  return [await examine('decoder', fresh), await examine('encoder', fresh)]
}

async function examine(kind: CodecKind, fresh: boolean): Promise<CodecFinding[]> {
  const found: CodecFinding[] = []
  // One after the other: two trials on one device would disturb each other's figures.
  const codecs = kind === 'decoder' ? VIDEO_CODECS : OUTPUT_CODECS
  for (const candidate of codecs.flatMap(codec => allCandidates(kind, codec))) {
    const { factory, device } = candidate
    const codec = codecOf(factory)
    if (device === 'software' && codec !== 'h264') {
      found.push(await lookFor(factory, device, codec))
      continue
    }
    const { verdict, trialResult } = await runTrial(kind, candidate, fresh)
    const measured = trialResult?.outcome === 'done'
    found.push({
      codec,
      element: factory,
      device,
      works: verdict.works,
      reason: verdict.works ? null : verdict.refusal.reason,
      remedy: verdict.works ? null : verdict.refusal.remedy,
      latency: measured && Number.isFinite(trialResult.latency) ? Math.round(trialResult.latency * 10) / 10 : null,
      psnr: measured && trialResult.pictures > 0 ? Math.round(trialResult.psnr * 10) / 10 : null,
    })
  }
  return found
}

/** Software of HEVC and AV1 is there or not: a trial would mostly measure the encoder beside it, for ten seconds. */
async function lookFor(factory: string, device: Device, codec: CodecFinding['codec']): Promise<CodecFinding> {
  const works = (await native().loadFactories([factory])).length === 0
  const debian = knownPackage(factory)
  return {
    codec,
    element: factory,
    device,
    works,
    reason: works ? null : 'it is not installed',
    // Debian 12 has none for dav1ddec.
    remedy: works || !debian ? null : `apt-get install ${debian}`,
    latency: null,
    psnr: null,
  }
}
