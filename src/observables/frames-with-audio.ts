import { Observable } from 'rxjs'
import type { FrameWithAudio } from '../core/types'
import type { MediaHub } from './media-hub'
import type { Pairing } from './pairing'

/** Each subscriber has its own pairing, so that a late subscriber starts clean. Hot; ends with the stream. */
export function framesWithAudio(hub: () => MediaHub, newPairing: () => Pairing): Observable<FrameWithAudio> {
  return new Observable<FrameWithAudio>(subscriber => {
    const target = hub()
    const pairing = newPairing()
    const deliver = (): void => {
      for (
        let item = subscriber.closed ? null : pairing.take();
        item;
        item = subscriber.closed ? null : pairing.take()
      ) {
        subscriber.next(item)
      }
    }
    const consumer = {
      room: Infinity,
      picture(...[picture]: Parameters<Pairing['addPicture']>): void {
        pairing.addPicture(picture)
        deliver()
      },
      sound(...[sound, format]: Parameters<Pairing['addSound']>): void {
        pairing.addSound(sound, format)
        deliver()
      },
      seam(): void {
        pairing.seam()
        deliver()
      },
      end(error: Error | null): void {
        pairing.end()
        deliver()
        pairing.clear()
        if (error) subscriber.error(error)
        else subscriber.complete()
      },
    }
    subscriber.add(() => {
      target.remove(consumer)
      pairing.clear()
    })
    target.add(consumer)
  })
}
