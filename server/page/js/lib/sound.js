/** Levels of a video's sound by Web Audio. Nothing is heard until it is asked for. */

let context = null

/** Browsers let sound begin only after somebody has touched the page. */
export const mayBegin = () => navigator.userActivation?.hasBeenActive ?? false

/** Calls back as soon as somebody has touched the page; returns how to forget that. */
export function whenTouched(callback) {
  const over = new AbortController()
  const look = () => {
    over.abort()
    callback()
  }
  for (const type of ['pointerup', 'keyup']) addEventListener(type, look, { signal: over.signal })
  return () => over.abort()
}

const SAMPLES = 1024
const FLOOR_DB = -60

/** The sound of a video element, which can be taken once. */
export function createMeter(video) {
  context ??= new AudioContext()
  context.resume()
  const source = context.createMediaElementSource(video)
  const splitter = context.createChannelSplitter(2)
  const loudspeaker = context.createGain()
  loudspeaker.gain.value = 0
  source.connect(loudspeaker).connect(context.destination)
  source.connect(splitter)
  const analysers = [0, 1].map(channel => {
    const analyser = context.createAnalyser()
    analyser.fftSize = SAMPLES
    splitter.connect(analyser, channel)
    return analyser
  })
  const samples = new Float32Array(SAMPLES)
  // What goes on to the loudspeaker is decided behind the meter.
  video.muted = false
  return {
    listen(on) {
      loudspeaker.gain.value = on ? 1 : 0
    },
    /** Peak of each channel since a moment ago, dBFS. */
    levels() {
      return analysers.map(analyser => {
        analyser.getFloatTimeDomainData(samples)
        let peak = 0
        for (const sample of samples) peak = Math.max(peak, Math.abs(sample))
        return Math.max(FLOOR_DB, 20 * Math.log10(peak))
      })
    },
    close() {
      for (const node of [source, splitter, loudspeaker]) node.disconnect()
    },
  }
}
