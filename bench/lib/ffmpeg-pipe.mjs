import { spawnTimed } from './processes.mjs'

/**
 * The usual way in Node without a binding: ffmpeg writes raw pictures into a pipe, and Node puts the pieces together.
 * `take` gets each whole picture. Its memory is its own, as that of a frame that may be kept; with `reuse` it is valid
 * during the call alone, which spares Node an allocation and the kernel 1500 fresh pages per picture of 1080p.
 */
export function readPictures({ before = [], input, after = [], width, height, reuse = false }, take) {
  const args = ['-v', 'error', '-nostdin', ...before, '-i', input, '-map', '0:v:0', ...after]
  args.push('-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1')
  const program = spawnTimed('ffmpeg', args)
  const size = width * height * 3
  let picture = Buffer.allocUnsafeSlow(size)
  let filled = 0
  program.child.stdout.on('data', chunk => {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.copy(picture, filled, at, Math.min(chunk.length, at + size - filled))
      at += part
      filled += part
      if (filled < size) continue
      take(picture)
      if (!reuse) picture = Buffer.allocUnsafeSlow(size)
      filled = 0
    }
  })
  return program
}
