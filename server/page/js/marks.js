/** Marks of states: a shape and a colour, always beside a word or with one as their name. */
import { html } from './lib/html.js'
import { stateOf } from './lib/words.js'

/** Shapes on a field of 12 by 12. */
const SHAPES = {
  good: 'M6 1a5 5 0 1 1-.01 0z',
  busy: 'M6 1a5 5 0 1 1-4.33 2.5l1.73 1A3 3 0 1 0 6 3z',
  warn: 'M6 .6 11.8 11H.2z',
  bad: 'M1 1h10v10H1z',
  off: 'M6 1a5 5 0 1 0 .01 0zm0 1.6a3.4 3.4 0 1 1-.01 0z',
}

export function Mark({ tone }) {
  return html`<svg class="mark ${tone}" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
    <path d=${SHAPES[tone]} />
  </svg>`
}

/** A phase with its word. */
export function State({ phase, loud = false }) {
  const { word, tone } = stateOf(phase)
  return html`<span class="state ${tone} ${loud ? 'loud' : ''}"><${Mark} tone=${tone} />${word}</span>`
}

export const severityTone = severity => (severity === 'critical' ? 'bad' : 'warn')
