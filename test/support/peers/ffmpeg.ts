import { exec, start, type Child } from '../child'
import { sourceArgs, type Source } from './ffmpeg-source'
import { until } from '../until'

export { decodeAudio, decodeFrames, probe } from './ffmpeg-read'
export type { DecodedFrame, Probe, ProbeFrame, ProbeOptions, ProbePacket, ProbeStream } from './ffmpeg-read'
export { beepFrequency } from './ffmpeg-source'
export type { AudioSource, Source } from './ffmpeg-source'

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'warning']
/** key=value lines twice a second, to know when media flows. */
const PROGRESS = ['-progress', 'pipe:1', '-stats_period', '0.1']
const FLV = ['-flvflags', 'no_duration_filesize', '-f', 'flv']

/** kill('SIGKILL') makes a publisher vanish, kill('SIGSTOP') freezes it, stop() ends its stream properly. */
export interface Publisher extends Child {
  /** Seconds of media sent so far. */
  sent(): number
}

/**
 * ffmpeg publishes a test stream in real time. Resolves when the first quarter of a second has left, rejects when the
 * server has refused by then; for certainty that a server has it, ask the server (`nginx.published`).
 */
export function publish(url: string, source: Source = {}): Promise<Publisher> {
  return publisher([...sourceArgs(source, true), ...FLV, url])
}

/** ffmpeg publishes a file as it is, in real time; `loop` = for ever. Nothing is encoded, so many of them are cheap. */
export function publishFile(url: string, file: string, { loop = false } = {}): Promise<Publisher> {
  return publisher(['-re', ...(loop ? ['-stream_loop', '-1'] : []), '-i', file, '-c', 'copy', ...FLV, url])
}

/** The same stream as publish(), into a file, as fast as it goes. `source.duration` is needed. */
export async function makeFile(path: string, source: Source & { duration: number }): Promise<string> {
  await exec('ffmpeg', [...QUIET, '-y', ...sourceArgs(source, false), ...(path.endsWith('.flv') ? FLV : []), path], {
    timeout: 120_000,
  })
  return path
}

/** Writes `seconds` of a live stream into a file, unchanged. Returns the file. */
export async function record(url: string, file: string, seconds: number): Promise<string> {
  const args = [...QUIET, '-y', '-i', url, '-t', String(seconds), '-c', 'copy', ...(file.endsWith('.flv') ? FLV : [])]
  await exec('ffmpeg', [...args, file], { timeout: seconds * 1000 + 60_000 })
  return file
}

async function publisher(args: string[]): Promise<Publisher> {
  const child = start('ffmpeg', [...QUIET, ...PROGRESS, ...args])
  const sent = () => Number([...child.output().matchAll(/^out_time_us=(\d+)/gm)].at(-1)?.[1] ?? 0) / 1e6
  const what = () => `ffmpeg to send\n${child.errors()}`
  await until(() => !child.running || sent() >= 0.25, { timeout: 30_000, what })
  const self = withSent(child, sent)
  // A short stream may have ended already; a failed one is an error.
  if (!child.running) {
    const { code, signal } = await child.exited
    if (code !== 0) throw new Error(`ffmpeg could not publish (${code ?? signal})\n${child.errors()}`)
  }
  return self
}

function withSent(child: Child, sent: () => number): Publisher {
  return Object.defineProperties({ sent } as Publisher, Object.getOwnPropertyDescriptors(child))
}
