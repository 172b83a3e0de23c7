import { readFileSync, writeFileSync } from 'node:fs'
import { RTMPCapture, type RTMPCaptureOptions } from '../../../src/index'
import { exec } from '../../support/child'
import { probe } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'

/** A still as ffmpeg sees it. */
export interface SeenStill {
  readonly width: number
  readonly height: number
  readonly pixFmt: string
  readonly rgb: Buffer
}

/** A still's size and pixels, by ffprobe and ffmpeg. */
export async function look(bytes: Uint8Array, filter = 'null'): Promise<SeenStill> {
  const file = tempFile(bytes[0] === 0xff ? 'still.jpg' : 'still.png')
  writeFileSync(file, bytes)
  const { streams } = (await probe(file)) as { streams: { width: number; height: number; pix_fmt: string }[] }
  const { width, height, pix_fmt: pixFmt } = streams[0]!
  const args = ['-v', 'error', '-nostdin', '-i', file, '-vf', `${filter},format=rgb24`, '-f', 'rawvideo', 'pipe:1']
  return { width, height, pixFmt, rgb: (await exec('ffmpeg', args)).stdout }
}

/** The first picture of a file as ffmpeg decodes it, through a filter, as RGB. */
export async function firstPicture(file: string, filter = 'null'): Promise<Buffer> {
  const args = ['-v', 'error', '-nostdin', '-i', file, '-frames:v', '1', '-vf', `${filter},format=rgb24`]
  return (await exec('ffmpeg', [...args, '-f', 'rawvideo', 'pipe:1'])).stdout
}

/** RGBA as a PNG of ffmpeg's. */
export async function makePng(image: { data: Uint8Array; width: number; height: number }): Promise<Uint8Array> {
  const [raw, file] = [tempFile('picture.rgba'), tempFile('picture.png')]
  writeFileSync(raw, image.data)
  const size = `${image.width}x${image.height}`
  const args = ['-v', 'error', '-nostdin', '-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', size, '-i', raw]
  await exec('ffmpeg', [...args, '-update', '1', file])
  return readFileSync(file)
}

/** A capture of a file that is sent over and over, not yet started. */
export async function looped(
  file: string,
  options: RTMPCaptureOptions,
  use: (capture: RTMPCapture) => Promise<void>,
): Promise<void> {
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using capture = new RTMPCapture(server.url(), { connectTimeout: 20_000, stallTimeout: 20_000, ...options })
  await use(capture)
}
