import { exec } from '../support/child'
import { makeFile, decodeAudio } from '../support/ffmpeg'
import { tagInfo, type ReceivedTag } from '../support/rtmp-server'
import { onsets } from '../support/sound'
import { tempFile } from '../support/temp'
import { fileOf } from './viewer'

export const WIDTH = 640
export const HEIGHT = 360
export const FPS = 30

/** A flash in the first 100 ms of every second and a beep with it, on a moving picture; every second begins with a keyframe. */
export function flashFile(options: { seconds?: number; size?: string; fps?: number; rate?: number; channels?: number; audio?: boolean } = {}): Promise<string> {
  const { seconds = 20, size = `${WIDTH}x${HEIGHT}`, fps = FPS, rate = 44100, channels = 2, audio = true } = options
  return makeFile(tempFile('flash.flv'), {
    size,
    fps,
    pattern: 'moving-flash',
    duration: seconds,
    bitrate: '600k',
    audio: audio ? { rate, channels, frequency: 1000, amplitude: 0.8, beep: true } : null,
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
const RATE = 16_000
/** A beep further away from a flash belongs to another one, or to none. */
const NEAR = 450

/** All flashes that have a beep, in order. */
export async function pairs(tags: readonly ReceivedTag[]): Promise<Pair[]> {
  const file = fileOf(tags)
  const [flashes, beeps] = [await flashTimes(file), await beepTimes(file, tags)]
  const arrivals = tags.filter(({ type }) => type === 'video').map(tag => ({ pts: tagInfo(tag).pts, arrival: tag.arrival }))
  return flashes.flatMap(flash => {
    const beep = beeps.reduce((best, one) => (Math.abs(one - flash) < Math.abs(best - flash) ? one : best), Infinity)
    if (Math.abs(beep - flash) > NEAR) return []
    const arrival = arrivals.find(({ pts }) => pts >= flash - 1)?.arrival ?? 0
    return [{ arrival, offset: beep - flash }]
  })
}

/** ms on the stream's own clock. */
async function flashTimes(file: string): Promise<number[]> {
  const args = ['-hide_banner', '-nostdin', '-copyts', '-i', file, '-map', '0:v:0']
  args.push('-vf', 'scale=2:2:flags=area,format=gray,showinfo=checksum=0', '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1')
  const { stdout, stderr } = await exec('ffmpeg', args, { timeout: 120_000 })
  const times = [...stderr.matchAll(/ pts_time:\s*([-\d.]+)/g)].map(([, time]) => Number(time) * 1000)
  const bright = times.map((_, i) => stdout.subarray(i * 4, i * 4 + 4).every(value => value > BRIGHT))
  // A stream that begins in a flash does not say when that began.
  return times.filter((_, i) => i > 0 && bright[i] && !bright[i - 1])
}

async function beepTimes(file: string, tags: readonly ReceivedTag[]): Promise<number[]> {
  const first = tags.find(tag => tag.type === 'audio' && !tagInfo(tag).header)
  if (!first) return []
  const samples = await decodeAudio(file, RATE, 1, { timeout: 120_000 })
  return onsets(samples, 0.15, RATE / 5).map(at => first.timestamp + (at * 1000) / RATE)
}

export const worstOffset = (list: readonly Pair[]): number => Math.max(0, ...list.map(({ offset }) => Math.abs(offset)))
