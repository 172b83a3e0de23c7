// Captures and relays, more and more of them, in one process: by rxgst, or through ffmpeg's pipes.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { RTMPCapture, RTMPOutput } from '../../dist/src/index.js'
import { readPictures } from './ffmpeg-pipe.mjs'
import { ownThreadSeconds, serve, spawnTimed, treeSeconds } from './processes.mjs'

/** RTMPOutput's settings of x264, as options of ffmpeg. */
const x264 = ({ fps, bitrate, vbv }) => [
  ...[
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-b:v',
    bitrate,
    '-maxrate',
    bitrate,
    '-bufsize',
    vbv,
  ],
  ...['-g', String(fps * 2), '-bf', '0', '-sc_threshold', '0', '-pix_fmt', 'yuv420p'],
]
const FLV = ['-f', 'flv', '-flvflags', 'no_duration_filesize']
/** No buffer before the first picture; slices, so that none waits for the next ones. */
const LIVE = ['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '100000', '-analyzeduration', '0']

/** Each adds one stream; took() = pictures that JS has had, lost() = those of them that did not go on. */
const WAYS = {
  async ours({ from, to, width, height, fps, bitrate }) {
    const capture = new RTMPCapture(from)
    let took = 0
    if (!to) {
      capture.frames$.subscribe(frame => {
        took++
        frame.close()
      })
      await capture.start()
      return { took: () => took, lost: () => capture.stats().dropped, stop: () => capture.stop() }
    }
    const output = new RTMPOutput(to, { width, height, fps, bitrate })
    await Promise.all([capture.start(), output.start()])
    capture.frames$.subscribe(frame => {
      took++
      output.next(frame)
    })
    const lost = () => {
      const { repeated, late, dropped, droppedNetwork } = output.stats()
      return capture.stats().dropped + repeated + late + dropped + droppedNetwork
    }
    return { took: () => took, lost, stop: () => Promise.all([capture.stop(), output.stop()]) }
  },
  pipe: stream => throughPipes(stream, [], []),
  // One thread each, since all processors are busy anyhow, and the quicker conversion.
  tuned: stream => throughPipes(stream, ['-threads', '1'], ['-sws_flags', 'fast_bilinear']),
}

async function throughPipes({ from, to, width, height, fps, bitrate, vbv }, threads, conversion) {
  let [took, lost] = [0, 0]
  const encoder =
    to &&
    spawnTimed(
      'ffmpeg',
      [
        '-v',
        'error',
        '-f',
        'rawvideo',
        '-pix_fmt',
        'rgb24',
        '-video_size',
        `${width}x${height}`,
        '-framerate',
        String(fps),
        '-i',
        'pipe:0',
        ...conversion,
        ...x264({ fps, bitrate, vbv }),
        ...threads,
        ...FLV,
        to,
      ],
      { stdin: 'pipe' },
    )
  encoder?.child.stdin.on('error', () => {})
  const decoder = readPictures(
    { before: [...LIVE, ...threads], input: from, after: conversion, width, height, reuse: !to },
    picture => {
      took++
      if (!encoder) return
      // As RTMPOutput does where its queue is full; waiting for room would let the delay grow instead.
      if (encoder.child.stdin.writableLength > 4 * picture.length) lost++
      else encoder.child.stdin.write(picture)
    },
  )
  return { took: () => took, lost: () => lost, stop: () => Promise.all([decoder.stop(), encoder?.stop()]) }
}

// Each program that runs has its listener for the end of this process.
process.setMaxListeners(0)
const streams = []
let loop = null
const counts = () => streams.map(({ took, lost }) => ({ took: took(), lost: lost() }))
let before = null

serve({
  async add({ way, list }) {
    streams.push(...(await Promise.all(list.map(WAYS[way]))))
  },
  begin() {
    loop = monitorEventLoopDelay({ resolution: 1 })
    loop.enable()
    before = { counts: counts(), seconds: treeSeconds(process.pid), thread: ownThreadSeconds(), at: performance.now() }
  },
  /**
   * Since begin(): pictures that JS took per second of the worst stream, lost ones of all, cores of all processes, of
   * the JS thread.
   */
  finish() {
    loop.disable()
    const passed = (performance.now() - before.at) / 1000
    const since = counts().map(({ took, lost }, i) => ({
      took: took - before.counts[i].took,
      lost: lost - before.counts[i].lost,
    }))
    return {
      passed,
      least: Math.min(...since.map(({ took }) => took)),
      lost: since.reduce((sum, one) => sum + one.lost, 0),
      cores: (treeSeconds(process.pid) - before.seconds) / passed,
      thread: (ownThreadSeconds() - before.thread) / passed,
      delay: loop.percentile(99) / 1e6,
    }
  },
  end: () => Promise.all(streams.map(({ stop }) => stop())),
})
