/** Everything a caller can set, checked once, at the facade. */
export * from './options-capture'
export * from './options-output'
export * from './options-transport'
export { AUDIO_SAMPLE_RATES } from './options-video'
