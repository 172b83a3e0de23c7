import { start, type Child } from '../child'

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error']

/** ffmpeg sends a file's packets as MPEG-TS, at their pace; `loop`: without end. `address`: with libsrt's options. */
export function sendSrt(address: string, file: string, { loop = false } = {}): Child {
  const again = loop ? ['-stream_loop', '-1'] : []
  return start('ffmpeg', [...QUIET, '-re', ...again, '-i', file, '-c', 'copy', '-f', 'mpegts', address])
}

/** libsrt's own tool, between two addresses. */
export function srtLiveTransmit(from: string, to: string): Child {
  return start('srt-live-transmit', ['-loglevel:error', from, to])
}

/** ffmpeg sends MPEG-TS by UDP, for srt-live-transmit. */
export function sendUdp(address: string, file: string): Child {
  return start('ffmpeg', [
    ...[...QUIET, '-re', '-stream_loop', '-1', '-i', file],
    ...['-c', 'copy', '-f', 'mpegts', `${address}?pkt_size=1316`],
  ])
}
