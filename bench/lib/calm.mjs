import { readFileSync } from 'node:fs'
import { tell } from './report.mjs'

const TICKS_PER_SECOND = 100
/** Load of a kernel, a desktop and a monitoring agent, in cores. */
const QUIET = 0.2
/**
 * Most repetitions of a disturbed measurement, and most milliseconds that a whole bench may wait for a quiet machine,
 * repetitions included.
 */
const TRIES = 5
let patience = process.argv.includes('--quick') ? 15_000 : 120_000

/** Seconds that all processors together were busy, or were taken from us by the host of a virtual machine. */
export function busySeconds() {
  const [user, nice, system, , , interrupts, softInterrupts, stolen] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + interrupts + softInterrupts + stolen) / TICKS_PER_SECOND
}

/** Waits for half a second in which no other process works, within the limits above. */
export async function calm() {
  const begun = performance.now()
  while (performance.now() - begun < patience) {
    const [busy, from] = [busySeconds(), performance.now()]
    await new Promise(resolve => setTimeout(resolve, 500))
    if (busySeconds() - busy < (QUIET * (performance.now() - from)) / 1000) break
  }
  patience -= performance.now() - begun
}

let disturbed = 0

/**
 * A measurement without other processes at work, or else the least disturbed of several: on two cores one compiler
 * halves a figure. `measure` gives { seconds } of processor time that are known, of all processes that take part.
 */
export async function undisturbed(measure) {
  let best = null
  for (let i = 0; i < TRIES; i++) {
    await calm()
    const [busy, from] = [busySeconds(), performance.now()]
    const result = await measure()
    // A repetition is waiting too.
    if (best) patience -= performance.now() - from
    const others = (busySeconds() - busy - result.seconds) / ((performance.now() - from) / 1000)
    if (!best || others < best.others) best = { result, others }
    if (others <= QUIET || patience <= 0) break
    tell(`  (${others.toFixed(2)} cores were others' meanwhile: once more)`)
  }
  if (best.others > QUIET) disturbed++
  return best.result
}

/** For the notes of a report. */
export function disturbance() {
  return disturbed === 0
    ? `Every measurement was repeated until others took no more than ${QUIET} cores meanwhile.`
    : `In ${disturbed} measurements others took more than ${QUIET} cores meanwhile: repeat them on a quiet machine.`
}
