import type { PacerOptions } from '../../../src/addon/output'

/** Options of a pacer without a picture of its own: 25 fps, 44.1 kHz stereo, room for ten writes. */
export function pacerOptions(given: Pick<PacerOptions, 'width' | 'height'> & Partial<PacerOptions>): PacerOptions {
  return {
    fpsN: 25,
    fpsD: 1,
    rate: 44100,
    channels: 2,
    capacity: 10,
    fill: 'none',
    slateAfter: 2000,
    bt709: false,
    slate: null,
    slateFormat: 'RGB',
    ...given,
  }
}
