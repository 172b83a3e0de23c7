/** Levels of a video's sound by Web Audio. Nothing is heard until it is asked for. */
import { useEffect, useState } from './html.js'

/** One for all meters; null: nobody has wanted sound yet. */
let context = null

/** By these events somebody lets sound begin, in one browser or another. */
const TOUCHES = ['pointerdown', 'pointerup', 'touchend', 'click', 'keydown', 'keyup']
/** Sound that is allowed runs within it. */
const LOOK_MS = 1000

/** Some browsers say whether somebody has touched the page, also where the page saw no event of it. */
const touched = () => navigator.userActivation?.hasBeenActive ?? false

/**
 * Whether sound runs, while it is wanted: 'starting', 'running', or 'blocked' until somebody touches the page. The
 * context alone knows: a browser may let sound begin without a touch, and a system may take it away again.
 */
export function useSound(wanted) {
  const [sound, setSound] = useState('starting')
  useEffect(() => {
    if (!wanted) return
    // A browser without Web Audio shows pictures all the same.
    if (!globalThis.AudioContext) return
    context ??= new AudioContext()
    const over = new AbortController()
    const resume = async () => {
      if (context.state !== 'running') await context.resume().catch(() => null)
    }
    // Without a device for sound the answer does not come: one question of the timer's waits at a time.
    let asked = false
    const ask = async () => {
      if (asked) return
      asked = true
      await resume()
      asked = false
    }
    const look = () => setSound(context.state === 'running' ? 'running' : 'starting')
    const timer = setInterval(() => {
      if (context.state === 'running') return
      setSound('blocked')
      if (touched()) void ask()
    }, LOOK_MS)
    for (const type of TOUCHES) addEventListener(type, resume, { signal: over.signal, capture: true })
    context.addEventListener('statechange', look, { signal: over.signal })
    resume()
    look()
    return () => {
      clearInterval(timer)
      over.abort()
    }
  }, [wanted])
  return sound
}

const SAMPLES = 1024
const FLOOR_DB = -60

/**
 * The sound of a video element, which can be taken once. From then on the element plays only while sound runs: see
 * useSound.
 */
export function createMeter(video) {
  const source = context.createMediaElementSource(video)
  const splitter = context.createChannelSplitter(2)
  const loudspeaker = context.createGain()
  loudspeaker.gain.value = 0
  // Sound of one channel is heard on both sides.
  const sides = new GainNode(context, { channelCount: 2, channelCountMode: 'explicit' })
  source.connect(sides)
  sides.connect(loudspeaker).connect(context.destination)
  sides.connect(splitter)
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
      for (const node of [source, sides, splitter, loudspeaker]) node.disconnect()
    },
  }
}
