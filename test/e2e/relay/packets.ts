import * as assert from 'uvu/assert'
import { start, type Child } from '../../support/child'
import { until } from '../../support/until'

/** One packet as ffmpeg copies it. Times in ms. */
export interface Packet {
  readonly kind: 'video' | 'audio'
  readonly dts: number
  readonly pts: number
  readonly size: number
  readonly hash: string
}

export interface Viewer extends AsyncDisposable {
  /** What it has got so far. */
  packets(): Packet[]
  readonly running: boolean
  errors(): string
}

/** Units that containers have in the stream, or only before it: AUD and parameter sets, of H.264 and of HEVC. */
export const WITHOUT_SETS = {
  h264: ['-bsf:v', 'filter_units=remove_types=7-9'],
  hevc: ['-bsf:v', 'filter_units=remove_types=32-35'],
} as const

/** ffmpeg as a viewer that copies: each packet's times, size and MD5. `filters`: arguments of bitstream filters. */
export function view(url: string, filters: readonly string[] = []): Viewer {
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-copyts',
    '-analyzeduration',
    '1000000',
    '-i',
    url,
    '-map',
    '0',
    '-c',
    'copy',
  ]
  // All of it: output() forgets the beginning, which names the tracks.
  let text = ''
  const onStdout = (bytes: Buffer): void => void (text += bytes.toString('latin1'))
  const framemd5 = ['-flush_packets', '1', '-f', 'framemd5', 'pipe:1']
  const child: Child = start('ffmpeg', [...args, ...filters, ...framemd5], { onStdout })
  return {
    packets: () => parse(text),
    get running() {
      return child.running
    },
    errors: () => child.errors(),
    [Symbol.asyncDispose]: async () => void (await child.stop()),
  }
}

function parse(text: string): Packet[] {
  const kinds = new Map<number, Packet['kind']>()
  const bases = new Map<number, number>()
  const packets: Packet[] = []
  // The last line may not be whole.
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const media = /^#media_type (\d+): (video|audio)/.exec(line)
    if (media) kinds.set(Number(media[1]), media[2] as Packet['kind'])
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line)
    if (base) bases.set(Number(base[1]), (Number(base[2]) / Number(base[3])) * 1000)
    const fields = line.split(',').map(field => field.trim())
    const kind = kinds.get(Number(fields[0]))
    if (fields.length < 6 || !kind) continue
    const ms = (field: string): number => Math.round(Number(field) * (bases.get(Number(fields[0])) ?? 1))
    packets.push({ kind, dts: ms(fields[1]!), pts: ms(fields[2]!), size: Number(fields[4]), hash: fields[5]! })
  }
  return packets
}

/** The packets of a whole file. */
export async function packetsOf(file: string, filters: readonly string[] = []): Promise<Packet[]> {
  await using viewer = view(file, filters)
  await until(() => !viewer.running, { what: () => `${file}: ${viewer.errors()}` })
  return viewer.packets()
}

export interface Likeness {
  /** By how much times may differ, ms: where one of both rounds them. Default 0. */
  readonly tolerance?: number
  /** false: the source has no decoding times. Default true. */
  readonly decoding?: boolean
}

/**
 * Asserts that a copy is the original, from its first packet on: the same packets one behind the other, at the same
 * distances of time. Returns how many there were.
 */
export function assertCopy(
  original: readonly Packet[],
  copy: readonly Packet[],
  { tolerance = 0, decoding = true }: Likeness = {},
): { video: number; audio: number } {
  const counts = { video: 0, audio: 0 }
  let shift: number | null = null
  for (const kind of ['video', 'audio'] as const) {
    const [from, whole] = [original.filter(one => one.kind === kind), copy.filter(one => one.kind === kind)]
    if (whole.length === 0) continue
    const [begin, late] = common(from, whole)
    assert.ok(begin >= 0, `the copy's first ${kind} is in the original`)
    const to = whole.slice(late)
    const length = Math.min(from.length - begin, to.length)
    for (let i = 0; i < length; i++) {
      const [one, other] = [from[begin + i]!, to[i]!]
      assert.is(other.hash, one.hash, `${kind} ${i} of ${length}`)
      assert.is(other.size, one.size)
      shift ??= other.pts - one.pts
      const off = (step: number): boolean => Math.abs(step - shift!) > tolerance
      const times = `${one.dts}, ${one.pts} ms, and ${other.dts}, ${other.pts} ms`
      assert.not(decoding && off(other.dts - one.dts), `decoding time of ${kind} ${i}: ${times}`)
      assert.not(off(other.pts - one.pts), `time of ${kind} ${i}: ${times}, ${shift} ms apart`)
    }
    counts[kind] = length
  }
  return counts
}

/** Silence has the same bytes again and again: a place is where so many packets are alike. */
const RUN = 10
/** The copy's viewer may have come so many packets before that of the original. */
const MOST_LATE = 200

/** Where both have the same: in the original, and in the copy. */
function common(original: readonly Packet[], copy: readonly Packet[]): [begin: number, late: number] {
  for (let late = 0; late < Math.min(MOST_LATE, Math.max(1, copy.length - RUN)); late++) {
    const run = copy.slice(late, late + RUN)
    const begin = original.findIndex((_, i) => run.every((one, j) => original[i + j]?.hash === one.hash))
    if (begin >= 0) return [begin, late]
  }
  return [-1, 0]
}

/** Asserts that times go on, and returns the longest step between two pictures, ms. */
export function assertGoesOn(packets: readonly Packet[], kind: Packet['kind']): number {
  const times = packets.filter(one => one.kind === kind).map(one => one.dts)
  let longest = 0
  for (let i = 1; i < times.length; i++) {
    assert.ok(times[i]! >= times[i - 1]!, `${kind} ${i}: ${times[i]} ms behind ${times[i - 1]} ms`)
    longest = Math.max(longest, times[i]! - times[i - 1]!)
  }
  return longest
}
