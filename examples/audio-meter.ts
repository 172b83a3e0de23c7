/**
 * A level meter in the terminal: peak and RMS of each channel, ten times a second.
 *
 *   camera ─▶ RTMPCapture ─▶ audio$ ─▶ 100 ms each ─▶ peak, RMS ─▶ ███████   −6.0 dBFS
 *
 * Without a consumer of frames, none are converted.
 *
 *   node dist/examples/audio-meter.js [from]
 */
import { RTMPCapture } from 'rxgst'

const [from = 'rtmp://localhost/live/camera'] = process.argv.slice(2)
const WIDTH = 40
const FLOOR = -60

async function main(): Promise<void> {
  await using capture = new RTMPCapture(from)
  await capture.start()
  process.once('SIGINT', () => void capture.stop())

  const loudest = new Map<number, number>()
  const sums = new Map<number, number>()
  let count = 0
  const show = (channels: number): void => {
    for (let channel = 0; channel < channels; channel++) {
      const peak = decibels(loudest.get(channel)!)
      const rms = decibels(Math.sqrt(sums.get(channel)! / count))
      const bar = '█'.repeat(Math.max(0, Math.round(((rms - FLOOR) / -FLOOR) * WIDTH)))
      console.log(`${channel + 1} ${bar.padEnd(WIDTH)} peak ${peak.toFixed(1)} dBFS, RMS ${rms.toFixed(1)}`)
    }
  }
  await capture.audio$.forEach(({ samples, channels, sampleRate }) => {
    for (let i = 0; i < samples.length; i++) {
      const channel = i % channels
      loudest.set(channel, Math.max(loudest.get(channel) ?? 0, Math.abs(samples[i]!)))
      sums.set(channel, (sums.get(channel) ?? 0) + samples[i]! ** 2)
    }
    count += samples.length / channels
    if (count < sampleRate / 10) return
    show(channels)
    loudest.clear()
    sums.clear()
    count = 0
  })
}

const decibels = (value: number): number => Math.max(FLOOR, 20 * Math.log10(value))

void main()
