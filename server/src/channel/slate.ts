/** The slate of a channel: a picture in a file, or a video, which becomes the last input. */
import { open } from 'node:fs/promises'
import { extname } from 'node:path'
import { firstValueFrom, timeout } from 'rxjs'
import type { ChannelConfig } from '../core/schema.js'
import { caps, el, pipeline, appSink, run, RxGstError, type VideoFrame } from 'rxgst'

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47])
const JPEG = Buffer.from([0xff, 0xd8, 0xff])
const RGB_BYTES = 3
const DECODE_MS = 10_000
const LATE = `no picture came of it within ${DECODE_MS / 1000} s`
/** That a relay takes. */
const LARGEST_SIDE = 4096
export const THUMBNAIL_WIDTH = 320

type SlateKind = 'png' | 'jpeg' | 'video'

/** By its name, of those with another content: a file that was cut off, or that holds nothing yet. */
const NAMES: Readonly<Record<string, SlateKind>> = { '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg' }

/** By its content, whatever its name is. ERR_FILE. */
async function slateKind(path: string): Promise<SlateKind> {
  const start = Buffer.alloc(4)
  try {
    await using file = await open(path)
    await file.read(start, 0, start.length, 0)
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw new RxGstError('ERR_FILE', `the slate ${path} cannot be read: ${code}`, { cause })
  }
  if (start.equals(PNG)) return 'png'
  if (start.subarray(0, JPEG.length).equals(JPEG)) return 'jpeg'
  return NAMES[extname(path).toLowerCase()] ?? 'video'
}

export interface SlatePicture {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  /** Of THUMBNAIL_WIDTH at most. */
  readonly thumbnail: Uint8Array
}

/** The file of a slate. */
export interface Slate {
  readonly path: string
  readonly kind: SlateKind
}

/** null: there is none, or the fill is another one. ERR_FILE. */
export async function slateOf({ slate, fill }: Pick<ChannelConfig, 'slate' | 'fill'>): Promise<Slate | null> {
  return fill === 'slate' && slate !== undefined ? { path: slate, kind: await slateKind(slate) } : null
}

/** What goes out while no input is on air. */
export interface Fill {
  readonly fill: 'none' | 'repeat' | 'slate'
  /** null: black. */
  readonly slate: SlatePicture | null
}

export interface SlateSize {
  readonly width: number
  readonly height: number
}

/**
 * The picture of a file. ERR_FILE, ERR_BAD_STREAM.
 * @param size it is scaled to this as a whole, with black beside it; null: its own
 */
async function readSlate(
  path: string,
  kind: 'png' | 'jpeg',
  format: 'RGB' | 'RGBA',
  size: SlateSize | null,
): Promise<SlatePicture> {
  const running = run(
    pipeline(
      el('filesrc', { location: path }),
      el(kind === 'png' ? 'pngdec' : 'jpegdec'),
      el('videoconvert'),
      el('videoscale', { addBorders: true }),
      caps('video/x-raw', { format, ...(size && { ...size, 'pixel-aspect-ratio': '1/1' }) }),
      appSink('picture', { sync: false }),
    ),
  )
  try {
    const first = firstValueFrom(running.frames$('picture', { format }).pipe(timeout(DECODE_MS)))
    first.catch(() => {}) // start() may fail first.
    await running.start()
    return await pictureOf(await first)
  } catch (cause) {
    const { code, message } = cause instanceof RxGstError ? cause : { code: 'ERR_BAD_STREAM' as const, message: LATE }
    throw new RxGstError(code, `the slate ${path} cannot be shown: ${message}`, { cause })
  } finally {
    await running.stop()
  }
}

/** In its own size, for a relay; null: it is no picture. ERR_BAD_STREAM. */
export async function ownPicture(slate: Slate | null): Promise<SlatePicture | null> {
  return slate && slate.kind !== 'video' ? readSlate(slate.path, slate.kind, 'RGBA', null) : null
}

/** In the size of an output. ERR_BAD_STREAM. */
export async function readFill(fill: Fill['fill'], slate: Slate | null, { width, height }: SlateSize): Promise<Fill> {
  if (!slate || slate.kind === 'video') return { fill, slate: null }
  return { fill, slate: await readSlate(slate.path, slate.kind, 'RGB', { width, height }) }
}

export const black = ({ width, height }: SlateSize): Uint8Array => new Uint8Array(width * height * RGB_BYTES)

async function pictureOf(frame: VideoFrame): Promise<SlatePicture> {
  const { width, height } = frame
  try {
    if (Math.max(width, height) > LARGEST_SIDE)
      throw new RxGstError('ERR_OPTION', `${width} × ${height} is larger than ${LARGEST_SIDE} × ${LARGEST_SIDE}`)
    const thumbnail = await frame.toJPEG(width > THUMBNAIL_WIDTH ? { width: THUMBNAIL_WIDTH } : {})
    return { data: Uint8Array.from(frame.data), width, height, thumbnail }
  } finally {
    frame.close()
  }
}
