import { writeFileSync } from 'node:fs'
import { start } from '../support/child'
import { FlvReader, tagInfo, writeFlv, type FlvTag, type ReceivedTag } from '../support/peers/rtmp-server'
import { tempFile } from '../support/temp'
import { until } from '../support/until'

/**
 * Somebody who watches: ffmpeg reads the stream, and each packet that it hands on is noted with its time of arrival.
 */
export interface Viewer extends AsyncDisposable {
  /** It was never disconnected: ffmpeg is the same process and still reads. */
  readonly running: boolean
  /** What ffmpeg complained about. */
  complaints(): string
  readonly tags: readonly ReceivedTag[]
  /** Longest time without a picture, ms, from `since` (performance.now()) to now; the present wait counts too. */
  longestWait(since?: number): number
  /** Waits for so many more pictures. */
  pictures(count: number, timeout?: number): Promise<void>
  /** Forgets all that came before this time, but for the headers: for long runs. */
  forget(before: number): void
  stop(): Promise<void>
}

export async function watch(url: string): Promise<Viewer> {
  const reader = new FlvReader()
  let tags: ReceivedTag[] = []
  /** The last of each kind. */
  const headers = new Map<FlvTag['type'], ReceivedTag>()
  let count = 0
  // Nothing waits: neither for more of the stream at the start, nor for the other kind of packet at the end.
  const read = ['-fflags', 'nobuffer', '-analyzeduration', '1000000', '-i', url]
  const write = [
    '-c',
    'copy',
    '-max_interleave_delta',
    '50000',
    '-flush_packets',
    '1',
    '-flvflags',
    'no_duration_filesize',
    '-f',
    'flv',
    'pipe:1',
  ]
  const child = start('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'warning', ...read, ...write], {
    onStdout: bytes => {
      const arrival = performance.now()
      for (const tag of reader.push(bytes)) {
        const received = { ...tag, arrival }
        if (isHeader(tag)) headers.set(tag.type, received)
        if (isPicture(tag)) count++
        tags.push(received)
      }
    },
  })
  const pictures = async (more: number, timeout = 30_000) => {
    const enough = count + more
    const what = () => `${enough - count} more pictures at the viewer of ${count}\n${child.output()}`
    await until(() => !child.running || count >= enough, { timeout, what })
    if (!child.running) throw new Error(`the viewer was disconnected\n${child.output()}`)
  }
  await pictures(1, 40_000)
  return {
    get running() {
      return child.running
    },
    complaints: () => child.output(),
    get tags() {
      return tags
    },
    longestWait: (since = 0) => longestWait(tags, since),
    pictures,
    forget(before) {
      tags = tags.filter(({ arrival }) => arrival >= before)
      const kept = new Set(tags)
      tags.unshift(...[...headers.values()].filter(header => !kept.has(header)))
    },
    stop: async () => void (await child.stop()),
    [Symbol.asyncDispose]: async () => void (await child.stop()),
  }
}

const isHeader = (tag: FlvTag): boolean => tag.type === 'script' || tagInfo(tag).header

export const isPicture = (tag: FlvTag): boolean => {
  if (tag.type !== 'video') return false
  const { header, end } = tagInfo(tag)
  return !header && !end
}

/** Longest time between two pictures' arrivals from `since` to now, ms; Infinity when none came at all. */
export function longestWait(tags: readonly ReceivedTag[], since = 0, now = performance.now()): number {
  let last = since
  let most = 0
  let any = false
  for (const tag of tags) {
    if (tag.arrival < since || !isPicture(tag)) continue
    // Before the first one nobody watched yet, unless a time was given.
    if (any || since > 0) most = Math.max(most, tag.arrival - last)
    any = true
    last = tag.arrival
  }
  return any ? Math.max(most, now - last) : Infinity
}

/** Tags as a file for ffmpeg. */
export function fileOf(tags: readonly FlvTag[], name = 'watched.flv'): string {
  const file = tempFile(name)
  writeFileSync(file, writeFlv(tags))
  return file
}
