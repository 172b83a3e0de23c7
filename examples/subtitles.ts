/**
 * A loop over frames with their audio, as in FMUS-VID: a recogniser listens, its subtitles are drawn, all is sent.
 *
 *              ┌▶ RTMPCapture ─▶ aiterFramesWithAudio() ─▶ draw ─▶ writeFrameWithAudio() ─▶ RTMPOutput ─▶ subtitled
 *   camera ────┤                                             ▲ words
 *              └▶ RTMPCapture, 16000 Hz, mono ─▶ getAudio(1) ─▶ recognise
 *
 * The recogniser has a capture of its own, so that the stream that is sent keeps the sound of its source.
 *
 *   node dist/examples/subtitles.js [from] [to]
 */
import { RTMPCapture, RTMPOutput, RxGstError, type VideoFrame } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', to = 'rtmp://localhost/live/subtitled'] = process.argv.slice(2)
const RATE = 16_000

/** In place of a speech recogniser: a word for each tenth of a second that is not silent. */
async function recognise(samples: Float32Array): Promise<number> {
  let words = 0
  for (let at = 0; at < samples.length; at += RATE / 10) {
    if (samples.subarray(at, at + RATE / 10).some(sample => Math.abs(sample) > 0.1)) words++
  }
  return words
}

/** In place of a text: a white block for each word along the lower edge. */
function draw({ data, width, height }: VideoFrame, words: number): void {
  const [step, size] = [Math.floor(width / 10), Math.floor(width / 20)]
  for (let y = height - size; y < height; y++) {
    for (let i = 0; i < words; i++) data.fill(255, (y * width + i * step) * 3, (y * width + i * step + size) * 3)
  }
}

async function listen(ears: RTMPCapture, onWords: (words: number) => void): Promise<void> {
  try {
    for (;;) {
      const { samples } = await ears.getAudio(1) // exactly 16000 samples, behind those of the call before
      const words = await recognise(samples)
      console.log(`${samples.length} samples: ${words} words`)
      onWords(words)
    }
  } catch (error) {
    if (!(error instanceof RxGstError && error.code === 'ERR_NOT_RUNNING')) throw error // after stop()
  }
}

async function main(): Promise<void> {
  await using capture = new RTMPCapture(from)
  await using ears = new RTMPCapture(from, { audioSampleRate: RATE, audioChannels: 1 })
  await Promise.all([capture.start(), ears.start()])
  const { width, height, fps } = capture.info!.video!
  await using output = new RTMPOutput(to, { width, height, fps })
  await output.start()
  process.once('SIGINT', () => void Promise.all([capture.stop(), ears.stop()]))

  let words = 0
  // Without ears the pictures go on, and so do the last words.
  const listening = listen(ears, heard => (words = heard)).catch(error => console.error('no more words:', error))
  for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
    draw(frame, words)
    await output.writeFrameWithAudio(frame, audio, { timestamp: frame.timestamp })
    frame.close()
  }
  await listening
}

void main()
