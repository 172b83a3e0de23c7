import { flashFile } from './flash-beep'

/** What publishers send: made once, sent without encoding. */
export interface Media {
  /** Flash and beep, 640×360 at 30, 44.1 kHz stereo. */
  flash: string
  /** The same in another size, rate and layout of sound: 480×270 at 25, 48 kHz mono. */
  other: string
  /** Without sound. */
  mute: string
}

export async function makeMedia(): Promise<Media> {
  return {
    flash: await flashFile(),
    other: await flashFile({ size: '480x270', fps: 25, rate: 48_000, channels: 1 }),
    mute: await flashFile({ audio: false }),
  }
}
