/** Meters of sound: the peaks of what this browser plays, and the loudness that the server measures. */
import { html, useEffect, useRef } from '../lib/html.js'
import { decimals } from '../lib/words.js'

const FLOOR_DB = -60
/** A bar falls so fast as a programme meter's, dB a second. */
const FALL_DB = 20
const LOOKS_MS = 50
const WORDS_MS = 1000

/** Two bars, left and right, from -60 to 0 dBFS. Without a meter they are hatched: no sound is something else. */
export function Meter({ meter, name }) {
  const ref = useRef(null)
  useEffect(() => {
    // A timer may come once more when the element has gone.
    const element = ref.current
    const bars = [...element.querySelectorAll('.meter-level')]
    const held = bars.map(() => FLOOR_DB)
    const draw = () => {
      const levels = meter?.levels() ?? held.map(() => FLOOR_DB)
      bars.forEach((bar, i) => {
        held[i] = Math.max(levels[i], held[i] - (FALL_DB * LOOKS_MS) / 1000, FLOOR_DB)
        bar.style.transform = `scaleY(${1 - held[i] / FLOOR_DB})`
        bar.dataset.level = held[i] > -3 ? 'bad' : held[i] > -9 ? 'warn' : 'good'
      })
    }
    const say = () => {
      const text = meter ? held.map(level => `${Math.round(level)}`).join(' and ') : 'not measured'
      element.setAttribute('aria-valuetext', meter ? `${text} dBFS, left and right` : text)
      element.setAttribute('aria-valuenow', String(Math.round(Math.max(...held))))
    }
    draw()
    say()
    if (!meter) return
    const timers = [setInterval(draw, LOOKS_MS), setInterval(say, WORDS_MS)]
    return () => timers.forEach(clearInterval)
  }, [meter])
  return html`<div
    ref=${ref} class="meter" data-measured=${meter ? 'yes' : 'no'} role="meter" aria-label=${`Sound level, ${name}`}
    aria-valuemin=${FLOOR_DB} aria-valuemax="0" aria-valuenow=${FLOOR_DB}
  ><span><i class="meter-level"></i></span><span><i class="meter-level"></i></span></div>`
}

const [QUIET_LUFS, LOUD_LUFS, GOAL_LUFS] = [-41, -5, -23]
const share = lufs => Math.min(1, Math.max(0, (lufs - QUIET_LUFS) / (LOUD_LUFS - QUIET_LUFS)))

/** Loudness as the server measures it, with EBU R 128's goal marked. */
export function LoudnessBar({ value }) {
  const known = typeof value === 'number'
  return html`<div class="loudness">
    <span class="label">Loudness</span>
    <div
      class="loudness-bar" role="meter" aria-label="Loudness" aria-valuemin=${QUIET_LUFS} aria-valuemax=${LOUD_LUFS}
      aria-valuenow=${known ? value : QUIET_LUFS} aria-valuetext=${known ? `${value.toFixed(1)} LUFS` : 'not measured'}
    >
      <i class="loudness-level" style=${{ transform: `scaleX(${known ? share(value) : 0})` }}></i>
      <i class="loudness-goal" style=${{ left: `${share(GOAL_LUFS) * 100}%` }} title="-23 LUFS, EBU R 128"></i>
    </div>
    <output>${decimals(value, 1, ' LUFS')}</output>
  </div>`
}
