/** Everything a caller can set, checked once, at the facade. */
export * from './capture/options'
export * from './output/options'
export * from '../core/transport-options'
export { AUDIO_SAMPLE_RATES } from '../core/video-options'
