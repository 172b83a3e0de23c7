import type { Observable } from 'rxjs'
import type { FrameWithAudio } from '../core/types'
import { hubObservable } from './hub-observable'
import type { MediaHub } from './media-hub'
import type { Pairing } from './pairing'

/** Each subscriber has its own pairing, so that a late subscriber starts clean. Hot; ends with the stream. */
export function framesWithAudio(hub: () => MediaHub, newPairing: () => Pairing): Observable<FrameWithAudio> {
  return hubObservable<FrameWithAudio>(hub, (next, isGone) => {
    const pairing = newPairing()
    const take = (): FrameWithAudio | null => (isGone() ? null : pairing.take())
    const deliver = (): void => {
      for (let item = take(); item; item = take()) next(item)
    }
    return {
      picture(picture) {
        pairing.addPicture(picture)
        deliver()
      },
      audio(audio, format) {
        pairing.addAudio(audio, format)
        deliver()
      },
      discontinuity() {
        pairing.discontinuity()
        deliver()
      },
      last() {
        pairing.end()
        deliver()
        pairing.clear()
      },
      clear: () => pairing.clear(),
    }
  })
}
