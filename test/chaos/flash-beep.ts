import { exec } from '../support/child'
import { beepFrequency, makeFile, decodeAudio } from '../support/peers/ffmpeg'
import { tagInfo, type ReceivedTag } from '../support/peers/rtmp-server'
import { onsets, toneLevel } from '../support/media/audio'
import { tempFile } from '../support/temp'
import { fileOf, isPicture } from './viewer'

export const WIDTH = 640
export const HEIGHT = 360
export const FPS = 30

/**
 * A flash in the first 100 ms of every second and a beep with it, on a moving picture; every second begins with a
 * keyframe. Both say which second it is, modulo 8: sound that is seconds late is not taken for that of another flash.
 */
export function flashFile(
  options: { seconds?: number; size?: string; fps?: number; rate?: number; channels?: number; audio?: boolean } = {},
): Promise<string> {
  const { seconds = 16, size = `${WIDTH}x${HEIGHT}`, fps = FPS, rate = 44100, channels = 2, audio = true } = options
  return makeFile(tempFile('flash.flv'), {
    size,
    fps,
    pattern: 'moving-flash',
    duration: seconds,
    bitrate: '600k',
    audio: audio ? { rate, channels, amplitude: 0.8, beep: true, numbered: true } : null,
  })
}

/** A flash and its beep at the viewer. */
export interface Pair {
  /** performance.now() at which the flash arrived. */
  arrival: number
  /** ms by which the beep is later. */
  offset: number
}

const BRIGHT = 190
const LOUD = 0.15
const RATE = 16_000
/** ms. Half of the eight seconds after which the numbers come again. */
const NEAR = 4000
/**
 * ms. What is shorter was cut: the source went or came in the middle of it, or behind silence that was laid already.
 */
const WHOLE = 90
/** Of a beep's 100 ms, those in which its pitch is looked for. */
const PITCH = [0.01 * RATE, 0.08 * RATE] as const

const AAC_BLOCK = 1024
const AAC_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000]

interface Mark {
  /** ms on the stream's own clock. */
  at: number
  /** Its end; it began and ended with the other kind, unless it was cut. */
  until: number
  /** Its second, modulo 8. */
  number: number
}

/** All flashes that have a beep, in order. */
export async function pairs(tags: readonly ReceivedTag[]): Promise<Pair[]> {
  // ffmpeg opens no file without a picture, and a connection may be too young to have one.
  if (!tags.some(isPicture)) return []
  const file = fileOf(tags)
  const [flashes, beeps] = [await flashesOf(file), await beepsOf(file, tags)]
  const arrivals = tags
    .filter(({ type }) => type === 'video')
    .map(tag => ({ pts: tagInfo(tag).pts, arrival: tag.arrival }))
  return flashes.flatMap(flash => {
    const beep = nearest(flash, beeps)
    // A source that begins again begins with the first number: each to the one that is nearest from both sides.
    if (!beep || nearest(beep, flashes) !== flash) return []
    const arrival = arrivals.find(({ pts }) => pts >= flash.at - 1)?.arrival ?? 0
    const whole = lengthOf(beep) >= WHOLE && lengthOf(flash) >= WHOLE
    const [first, last] = [beep.at - flash.at, beep.until - flash.until]
    return [{ arrival, offset: whole || Math.abs(first) < Math.abs(last) ? first : last }]
  })
}

const lengthOf = ({ at, until }: Mark): number => until - at

function nearest(mark: Mark, others: readonly Mark[]): Mark | undefined {
  const apart = (other: Mark) => Math.abs(other.at - mark.at)
  return others
    .filter(other => other.number === mark.number && apart(other) <= NEAR)
    .sort((a, b) => apart(a) - apart(b))[0]
}

async function flashesOf(file: string): Promise<Mark[]> {
  const args = ['-hide_banner', '-nostdin', '-copyts', '-i', file, '-map', '0:v:0']
  args.push(
    '-vf',
    'scale=2:2:flags=area,format=gray,showinfo=checksum=0',
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    'pipe:1',
  )
  const { stdout, stderr } = await exec('ffmpeg', args, { timeout: 120_000 })
  const times = [...stderr.matchAll(/ pts_time:\s*([-\d.]+)/g)].map(([, time]) => Number(time) * 1000)
  const quarters = times.map((_, i) => [...stdout.subarray(i * 4, i * 4 + 4)])
  const flashes = (i: number) =>
    quarters[i]![0]! > BRIGHT && quarters[i]!.slice(1).every(value => value > BRIGHT || value < 255 - BRIGHT)
  return times.flatMap((at, i) => {
    if (!flashes(i) || (i > 0 && flashes(i - 1))) return []
    const number = quarters[i]!.slice(1).reduce((sum, value, bit) => sum + (value > BRIGHT ? 2 ** bit : 0), 0)
    const end = times.findIndex((_, later) => later > i && !flashes(later))
    return [{ at, until: end < 0 ? times.at(-1)! : times[end]!, number }]
  })
}

async function beepsOf(file: string, tags: readonly ReceivedTag[]): Promise<Mark[]> {
  const sound = tags.filter(tag => tag.type === 'audio' && !tagInfo(tag).header)
  const header = tags.find(tag => tag.type === 'audio' && tagInfo(tag).header)
  if (sound.length === 0 || !header) return []
  const rate = AAC_RATES[((header.data[2]! & 7) << 1) | (header.data[3]! >> 7)]!
  const samples = await decodeAudio(file, RATE, 1, { timeout: 120_000 })
  return onsets(samples, LOUD, RATE / 5).map(index => {
    let last = index
    for (let i = index; i < Math.min(samples.length, index + RATE / 5); i++) if (Math.abs(samples[i]!) > LOUD) last = i
    const part = samples.subarray(index + PITCH[0], index + PITCH[1])
    const levels = Array.from({ length: 8 }, (_, second) => toneLevel(part, RATE, beepFrequency(second)))
    // By its own packet's timestamp: between two of them there may be a gap.
    const sample = (index * rate) / RATE
    const packet = sound[Math.min(sound.length - 1, Math.floor(sample / AAC_BLOCK))]!
    const at = packet.timestamp + ((sample % AAC_BLOCK) * 1000) / rate
    return { at, until: at + ((last - index) * 1000) / RATE, number: levels.indexOf(Math.max(...levels)) }
  })
}

export const worstOffset = (list: readonly Pair[]): number => Math.max(0, ...list.map(({ offset }) => Math.abs(offset)))
