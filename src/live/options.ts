/** Options of captures and outputs: checked once, when a caller passes them. */
export * from './capture/options'
export * from './output/options'
export * from '../core/transport-options'
export { AUDIO_SAMPLE_RATES } from '../core/video-options'
