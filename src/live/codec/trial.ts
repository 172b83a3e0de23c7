import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  judge,
  NOTHING_PROVEN,
  obstacle,
  type CodecKind,
  type MachineFacts,
  type TrialResult,
  type Candidate,
  type Verdict,
} from '../../pipelines/candidates'
import { lookUpLibraries, machineFacts, machineKey } from '../../engine/machine-facts'
import { TrialCache } from './trial-cache'

/** ms, with what Node.js and GStreamer take to load; the first time also with the scan of all plugins. */
const TRIAL_DEADLINE_MS = 15_000
/** A device that was busy, or out of memory, may be free later, ms. */
const REFUSED_FOR = 600_000
/** Counts up where trials are made in another way: what an earlier one found does not count. */
const ATTEMPTS = 2
/** Set in a trial, for a program that is its own Node.js and would begin again in it. */
const IN_TRIAL = 'RXGST_IN_TRIAL'

/** One trial of an element, and what follows from it. */
export interface Finding {
  readonly verdict: Verdict
  /** null: nothing was tried. */
  readonly trialResult: TrialResult | null
  /** Unix ms. */
  readonly at: number
}

const findings = new Map<string, Finding>()
const underWay = new Map<string, Promise<Finding>>()
/** Trials, one behind the other: two at once disturb each other. */
let last: Promise<unknown> = Promise.resolve()

/** What is known without trying: a device that is not there, or what was found out. undefined: it is to be tried. */
export function verdictOf(candidate: Candidate): Verdict | undefined {
  if (candidate.device === 'software') return WORKS
  const known = current(candidate.factory)
  if (known) return known.verdict
  const refusal = obstacle(candidate, machineFacts())
  return refusal ? { works: false, refusal } : undefined
}

const WORKS: Verdict = { works: true }

function current(factory: string): Finding | undefined {
  const known = findings.get(factory)
  return known && (known.verdict.works || Date.now() - known.at < REFUSED_FOR) ? known : undefined
}

/** The file that an element which works is loaded from. */
export function pluginOf(factory: string): string | null {
  return findings.get(factory)?.trialResult?.plugin ?? null
}

/** From now on this process does not use it: it proved itself elsewhere and is not to be had here. */
export function refuse(factory: string, reason: string): void {
  findings.set(factory, {
    verdict: { works: false, refusal: { reason, remedy: 'start the process anew' } },
    trialResult: null,
    at: Infinity,
  })
}

/**
 * Tries an element in a child process, once for a machine and its drivers: the result is kept in the user's cache. A
 * refusal is forgotten after ten minutes. Never rejects. Keeps no process alive.
 * @param fresh forgets what is known
 */
export function runTrial(kind: CodecKind, candidate: Candidate, fresh = false): Promise<Finding> {
  const { factory } = candidate
  const running = underWay.get(factory)
  if (running) return running
  const known = fresh ? undefined : current(factory)
  if (known) return Promise.resolve(known)
  const proving = last
    .then(() => findOut(kind, candidate, fresh))
    .catch(
      (error: unknown): Finding => ({
        ...refused(`it could not be tried: ${(error as Error).message}`),
        trialResult: null,
      }),
    )
    .then(finding => {
      underWay.delete(factory)
      // A device that is not there may come: that is looked at again each time.
      if (finding.trialResult) findings.set(factory, finding)
      return finding
    })
  last = proving
  underWay.set(factory, proving)
  return proving
}

function refused(reason: string): Finding {
  return { verdict: { works: false, refusal: { reason, remedy: null } }, trialResult: null, at: Date.now() }
}

async function findOut(kind: CodecKind, candidate: Candidate, fresh: boolean): Promise<Finding> {
  // Without a device no library is looked for; with one they are looked for each time, since they may have come.
  const refusal = obstacle(candidate, { ...machineFacts(), library: () => true })
  if (refusal) return { verdict: { works: false, refusal }, trialResult: null, at: Date.now() }
  await lookUpLibraries()
  const facts = machineFacts()
  const lacking = obstacle(candidate, facts)
  if (lacking) return { verdict: { works: false, refusal: lacking }, trialResult: null, at: Date.now() }
  const cache = new TrialCache(machineKey(`${VERSION} ${ATTEMPTS}`))
  const kept = fresh ? null : cache.read(candidate.factory)
  if (kept) {
    const verdict = verdictFrom(candidate, kept.trialResult, facts)
    if (verdict.works || Date.now() - kept.at < REFUSED_FOR) return { verdict, ...kept }
  }
  const registry = cache.registry()
  const trialResult = await runChild(kind, candidate.factory, registry.path)
  registry.done(trialResult.outcome !== 'absent')
  const at = Date.now()
  cache.write(candidate.factory, { trialResult, at })
  return { verdict: verdictFrom(candidate, trialResult, facts), trialResult, at }
}

function verdictFrom(candidate: Candidate, trialResult: TrialResult, facts: MachineFacts): Verdict {
  const refusal = judge(candidate, trialResult, facts)
  return refusal ? { works: false, refusal } : WORKS
}

function runChild(kind: CodecKind, factory: string, registry: string): Promise<TrialResult> {
  if (process.env[IN_TRIAL]) return Promise.resolve({ ...NOTHING_PROVEN, text: 'a trial begins no other' })
  return new Promise(done => {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ELECTRON_RUN_AS_NODE: '1',
      GST_REGISTRY: registry,
      [IN_TRIAL]: '1',
    }
    // Those of a debugger, or of a test; and a file that the child would begin anew.
    for (const name of ['NODE_OPTIONS', 'GST_DEBUG', 'GST_DEBUG_FILE', 'GST_TRACERS']) delete env[name]
    // It ends when its standard input does: with this process.
    const child = spawn(process.execPath, [join(__dirname, 'trial-child.js'), kind, factory], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let text = ''
    // Not when it is gone: one that is stuck in a driver cannot be killed.
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      done({
        ...NOTHING_PROVEN,
        outcome: 'late',
        text: `it hangs: nothing came of it within ${TRIAL_DEADLINE_MS / 1000} s`,
      })
    }, TRIAL_DEADLINE_MS)
    for (const handle of [child, timer, child.stdin, child.stdout] as { unref?(): void }[]) handle.unref?.()
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.stdin.on('error', () => {})
    child.once('error', error => {
      clearTimeout(timer)
      done({ ...NOTHING_PROVEN, text: `no process could be started to try it: ${error.message}` })
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      done(
        parseTrialResult(text) ?? {
          ...NOTHING_PROVEN,
          outcome: 'crashed',
          text: `it crashes: the process that tried it ended with ${signal ?? `status ${code}`}`,
        },
      )
    })
  })
}

function parseTrialResult(text: string): TrialResult | null {
  try {
    const value = JSON.parse(text.trim().split('\n').at(-1) ?? '') as TrialResult
    // JSON has no Infinity.
    return { ...NOTHING_PROVEN, ...value, latency: value.latency ?? Infinity, software: value.software ?? Infinity }
  } catch {
    return null
  }
}

/** Of this package. */
export const VERSION: string = (
  JSON.parse(readFileSync(resolve(__dirname, '../../../../package.json'), 'utf8')) as { version: string }
).version
