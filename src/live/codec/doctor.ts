import { checkBoolean, checkRecord } from '../../core/check'
import { debianPackage } from '../../engine/debian'
import { native } from '../../addon/binding'
import { allCandidates, type CodecKind, type Device, type RenderNode } from '../../pipelines/candidates'
import { machineFacts } from '../../engine/machine-facts'
import { unfitProperties } from '../own-graph'
import { checkMachine } from '../../engine/prepare'
import { runTrial, VERSION } from './trial'

/** What became of one element that decodes or encodes H.264 here. */
export interface CodecFinding {
  /** GStreamer's name of it. */
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
   * ms from a 720p picture's way in to its way out, through this element and one in software; null: it was not
   * measured.
   */
  readonly latency: number | null
  /** dB, the worst of its pictures beside the original; null: it was not measured. */
  readonly psnr: number | null
}

/** What doctor() found. */
export interface DoctorReport {
  /** Version of this package. */
  readonly rxgst: string
  /** Version of Node.js. */
  readonly node: string
  /** Version of GStreamer. */
  readonly gstreamer: string
  /** The version of NVIDIA's driver, '' where it does not tell; null: there is none. */
  readonly nvidia: string | null
  /** VA's devices. */
  readonly renderNodes: readonly RenderNode[]
  /** Elements without which captures or outputs do not start, and the Debian package of each. */
  readonly missing: readonly {
    /** GStreamer's name of it. */
    readonly element: string
    /** The package that has it. */
    readonly debian: string
  }[]
  /**
   * Properties that captures and outputs set and that an element of this GStreamer does not take so. Of 1.22 and 1.26
   * there is none.
   */
  readonly unfit: readonly {
    /** GStreamer's name of it. */
    readonly element: string
    /** The property's name. */
    readonly property: string
    /** Whether they do not start without it. */
    readonly needed: boolean
  }[]
  /** In the order in which they are tried. */
  readonly decoders: readonly CodecFinding[]
  /** As `decoders`. */
  readonly encoders: readonly CodecFinding[]
  /** What a capture and an output use that ask for nothing else; null: there is none. */
  readonly decoder: string | null
  /** As `decoder`. */
  readonly encoder: string | null
}

/** Options of doctor(). */
export interface DoctorOptions {
  /** Try everything again, also what is known from earlier. Default false. */
  readonly fresh?: boolean
}

/** What captures and outputs are made of, besides codecs of H.264. */
const NEEDED = [
  'rtmp2src',
  'rtmp2sink',
  'rtmpsrc',
  'rtmpsink',
  'flvdemux',
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
 * What is there on this machine, what works, and what to do about the rest: every element that could decode or encode
 * H.264 is tried in a process of its own (about 1.5 s each, the first time). The command `npx rxgst doctor` prints it.
 *
 * ERR_ADDON_NOT_BUILT, ERR_GSTREAMER_VERSION: rxgst itself is not whole.
 */
export async function doctor(options: DoctorOptions = {}): Promise<DoctorReport> {
  const given = checkRecord('options', options, ['fresh'])
  const fresh = checkBoolean('fresh', given['fresh'] ?? false)
  checkMachine()
  const lacking = await native().loadFactories(NEEDED)
  // Trials keep no process alive.
  const alive = setInterval(() => {}, 60_000)
  const [decoders, encoders] = await all(fresh).finally(() => clearInterval(alive))
  const { nvidia, renderNodes } = machineFacts()
  return {
    rxgst: VERSION,
    node: process.version,
    gstreamer: native()
      .gstreamer()
      .text.replace(/^GStreamer /, ''),
    nvidia,
    renderNodes,
    missing: lacking.map(element => ({ element, debian: debianPackage(element) })),
    unfit: (await unfitProperties()).map(({ factory, property, needed }) => ({ element: factory, property, needed })),
    decoders,
    encoders,
    decoder: decoders.find(({ works }) => works)?.element ?? null,
    encoder: encoders.find(({ works }) => works)?.element ?? null,
  }
}

async function all(fresh: boolean): Promise<[CodecFinding[], CodecFinding[]]> {
  return [await examine('decoder', fresh), await examine('encoder', fresh)]
}

async function examine(kind: CodecKind, fresh: boolean): Promise<CodecFinding[]> {
  const found: CodecFinding[] = []
  // One after the other: two that share a device would disturb each other's figures.
  for (const candidate of allCandidates(kind)) {
    const { verdict, trialResult } = await runTrial(kind, candidate, fresh)
    const measured = trialResult?.outcome === 'done'
    found.push({
      element: candidate.factory,
      device: candidate.device,
      works: verdict.works,
      reason: verdict.works ? null : verdict.refusal.reason,
      remedy: verdict.works ? null : verdict.refusal.remedy,
      latency: measured && Number.isFinite(trialResult.latency) ? Math.round(trialResult.latency * 10) / 10 : null,
      psnr: measured && trialResult.pictures > 0 ? Math.round(trialResult.psnr * 10) / 10 : null,
    })
  }
  return found
}
