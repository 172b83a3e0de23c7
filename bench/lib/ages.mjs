import { RTMPCapture } from '../../dist/src/index.js'
import { drawClock, readClock } from '../../dist/test/support/media/picture-clock.js'
import { readPictures } from './ffmpeg-pipe.mjs'

/**
 * A clock that all processes of the machine share, in µs; 32 bits of it fit into a picture, and turn over after 71
 * minutes.
 */
const clock = () => Number(BigInt.asUintN(32, process.hrtime.bigint() / 1000n))
const since = then => ((clock() - then) >>> 0) / 1000

/**
 * Burns the time into a picture, last of all before an encoder gets it. Returns the number that can be read there.
 */
export function stamp(picture, width, height) {
  const number = clock()
  drawClock(picture, width, height, number)
  return number
}

/** FFmpeg's ways to wait less: no buffer, no reordering, no second look at what the stream holds. */
const TUNED = ['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '100000', '-analyzeduration', '0']

const READERS = {
  async capture({ url, transport }, take) {
    const capture = new RTMPCapture(url, transport ? { transport } : {})
    capture.frames$.subscribe({
      next: frame => {
        take(frame.data, performance.now() - frame.arrivalTime)
        frame.close()
      },
      error: error => take(null, error),
    })
    await capture.start()
    return () => capture.stop()
  },
  plain: (source, take) => throughPipe(source, [], take),
  tuned: (source, take) => throughPipe(source, TUNED, take),
}

async function throughPipe({ url, width, height }, before, take) {
  const program = readPictures({ before, input: url, width, height }, picture => take(picture, null))
  program.done.then(
    ({ code, errors }) => code !== null && take(null, new Error(`ffmpeg ended with ${code}: ${errors}`)),
  )
  return program.stop
}

/**
 * Ages of a stream's pictures when JS has them, in ms, and for RTMPCapture the part since the encoded picture came from
 * the network. The seconds begin after `warmUp` seconds of pictures.
 */
export async function readAges({ reader, url, transport, width, height, seconds, warmUp, onBegin }) {
  const ages = []
  const parts = []
  let unreadable = 0
  let first = null
  let begun = false
  let finish
  const finished = new Promise((resolve, reject) => {
    finish = error => (error ? reject(error) : resolve())
  })
  // The error of a reader that fails later was reported already.
  finished.catch(() => {})
  const take = (picture, part) => {
    const now = performance.now()
    if (!picture) return finish(part)
    const at = clock()
    first ??= now
    if (now - first < warmUp * 1000) return
    if (now - first > (warmUp + seconds) * 1000) return finish()
    if (!begun) onBegin?.()
    begun = true
    const burnt = readClock(picture, width, height)
    if (burnt === null) {
      unreadable++
      return
    }
    // The time of reading the blocks does not count.
    ages.push(since(burnt) - since(at))
    if (part !== null) parts.push(part)
  }
  const stop = await READERS[reader]({ url, transport, width, height }, take)
  try {
    await finished
  } finally {
    await stop()
  }
  return { ages, parts, unreadable }
}
