import type { Picture } from '../core/frame'
import type { NativeSound } from '../addon/tap'

/** Where pictures and sound of a running stream are taken from: the engine's connection of the moment. */
export interface MediaSource {
  readPictures(max: number): Picture[]
  readSounds(): NativeSound[]
  /** False where it is known that no sound will come: pictures need not wait for any. */
  readonly soundExpected: boolean
  /** Blocks the JS thread until media of this kind is there, at most `ms`. */
  wait(ms: number, kind: 'picture' | 'sound'): void
}

/** One that takes part in a stream: what the hub feeds. */
export interface Consumer {
  /** How many more pictures it takes now; 0 leaves them where they wait. */
  readonly room: number
  /** Whether having no room holds a 'block' stream back, also beside others that have; absent: it does. */
  readonly holds?: boolean
  /** Whether it takes more sound now; absent: always. Without it a 'block' stream is held back. */
  readonly soundRoom?: boolean
  picture?(picture: Picture): void
  sound?(sound: NativeSound, format: { readonly rate: number; readonly channels: number }): void
  /** All of a connection has come, and what follows is of another one, or after a pause: its timestamps jump. */
  seam?(): void
  /** No more comes: null after stop(), else why. */
  end(error: Error | null): void
}
