import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'

/** The judges of recordings: ffmpeg and ffprobe, and a walk through the boxes of an MP4. */

/** Not a word of ffmpeg's while it decodes all of it. */
export async function assertPlays(file: string): Promise<void> {
  const { stderr } = await exec('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-f', 'null', '-'])
  assert.is(stderr, '', file)
}

/** The hash of each picture in order: of its packet as it stands there, or of what a decoder makes of it. */
export async function hashes(file: string, of: 'packets' | 'pictures'): Promise<string[]> {
  const copy = of === 'packets' ? ['-c', 'copy'] : ['-vsync', 'passthrough']
  const args = ['-nostdin', '-v', 'error', '-i', file, '-map', '0:v', ...copy, '-f', 'framemd5', '-']
  const { stdout } = await exec('ffmpeg', args)
  const lines = stdout.toString().split('\n')
  return lines.filter(line => line !== '' && !line.startsWith('#')).map(line => line.split(',').at(-1)!.trim())
}

/** Seconds of pictures, by their packets; also where the file does not say. */
export async function seconds(file: string): Promise<number> {
  const args = ['-v', 'quiet', '-select_streams', 'v', '-show_entries', 'packet=dts_time', '-of', 'csv=p=0', file]
  const { stdout } = await exec('ffprobe', args)
  const times = stdout
    .toString()
    .split('\n')
    .map(line => parseFloat(line))
    .filter(time => !Number.isNaN(time))
  return times.length < 2 ? 0 : times.at(-1)! - times[0]! + (times.at(-1)! - times.at(-2)!)
}

export interface Box {
  type: string
  at: number
  size: number
}

/** The boxes of a file, or within a box. Throws where they do not fill it. */
export function boxesOf(bytes: Buffer, from = 0, to = bytes.length): Box[] {
  const boxes: Box[] = []
  for (let at = from; at < to; ) {
    const size = to - at >= 8 ? bytes.readUInt32BE(at) : 0
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (size < 8 || at + size > to) throw new Error(`${type} of ${size} bytes at ${at} does not end within ${to}`)
    boxes.push({ type, at, size })
    at += size
  }
  return boxes
}

/**
 * An MP4 of whole fragments: each has as many bytes as its samples, begins where the one before ended in time, and its
 * first sample of pictures in the file is a keyframe. `whole`: it was finished, and has its index.
 */
export function assertFragments(file: string, { whole }: { whole: boolean }): void {
  const bytes = readFileSync(file)
  const top = boxesOf(bytes)
  const types = top.map(({ type }) => type)
  assert.equal(types.slice(0, 2), ['ftyp', 'moov'])
  const rest = whole ? types.slice(2, -1) : types.slice(2)
  if (whole) assert.is(types.at(-1), 'mfra')
  rest.forEach((type, i) => assert.is(type, i % 2 ? 'mdat' : 'moof', file))
  const next = new Map<number, number>()
  top.forEach((box, i) => {
    if (box.type !== 'moof') return
    const inside = boxesOf(bytes, box.at + 8, box.at + box.size).filter(({ type }) => type === 'traf')
    let samples = 0
    for (const traf of inside) {
      const parts = new Map(boxesOf(bytes, traf.at + 8, traf.at + traf.size).map(part => [part.type, part]))
      const track = bytes.readUInt32BE(parts.get('tfhd')!.at + 12)
      const begin = Number(bytes.readBigUInt64BE(parts.get('tfdt')!.at + 12))
      assert.ok(begin >= (next.get(track) ?? 0), `${file}: track ${track} goes back to ${begin}`)
      const { size, duration } = runOf(bytes, parts.get('trun')!)
      samples += size
      next.set(track, begin + duration)
    }
    assert.is(top[i + 1]!.size, samples + 8, `${file}: bytes of the fragment at ${box.at}`)
  })
}

function runOf(bytes: Buffer, { at }: Box): { size: number; duration: number } {
  const flags = bytes.readUInt32BE(at + 8) & 0xffffff
  const count = bytes.readUInt32BE(at + 12)
  const fields = [0x100, 0x200, 0x400, 0x800].filter(flag => flags & flag).length
  let [size, duration] = [0, 0]
  for (let i = 0, place = at + 20; i < count; i++, place += 4 * fields) {
    duration += bytes.readUInt32BE(place)
    size += bytes.readUInt32BE(place + 4)
  }
  return { size, duration }
}
