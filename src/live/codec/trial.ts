import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { judge, NO_RESULT, obstacle, type MachineFacts, type TrialResult, type Verdict } from '../../pipelines/verdict'
import type { CodecKind, Candidate } from '../../pipelines/candidates'
import { lookUpLibraries, machineFacts, machineKey } from '../../engine/machine-facts'
import { TrialCache } from './trial-cache'

/** Deadline of a trial: Node.js and GStreamer load in it, and the first time GStreamer scans all plugins. */
const TRIAL_DEADLINE_MS = 15_000
/** A refusal holds for this long: a device that was busy, or out of memory, may be free later. */
const REFUSAL_AGE_MS = 600_000
/** Version of the trial itself: a new one makes the cached results of the old one invalid. */
const TRIAL_VERSION = 2
/** Set in the environment of a trial. A program that is a Node.js of its own may start itself as the trial. */
const IN_TRIAL = 'RXGST_IN_TRIAL'

/** The result of one trial of an element, and the verdict that follows. */
export interface Finding {
  readonly verdict: Verdict
  /** null: there was no trial. */
  readonly trialResult: TrialResult | null
  /** Time of the trial, Unix ms. */
  readonly at: number
}

const findings = new Map<string, Finding>()
/** What was found before each refusal of refuse(): several streams may refuse one element at the same time. */
const refusals = new WeakMap<Finding, Finding | undefined>()
const underWay = new Map<string, Promise<Finding>>()
/** The last of the trials, which run one after the other: two at once would disturb each other. */
let last: Promise<unknown> = Promise.resolve()

/** The verdict that is known without a new trial; undefined: the candidate must be tried. */
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
  return known && (known.verdict.works || Date.now() - known.at < REFUSAL_AGE_MS) ? known : undefined
}

/** The file of the plugin of an element that works. */
export function pluginOf(factory: string): string | null {
  return findings.get(factory)?.trialResult?.plugin ?? null
}

/**
 * From now on this process does not use the element: it passed its trial, but cannot be loaded here. The function that
 * is returned takes this back.
 */
export function refuse(factory: string, reason: string): () => void {
  const now = findings.get(factory)
  const before = now && refusals.has(now) ? refusals.get(now) : now
  const refusal: Finding = {
    verdict: { works: false, refusal: { reason, remedy: 'restart the process' } },
    trialResult: null,
    at: Infinity,
  }
  refusals.set(refusal, before)
  findings.set(factory, refusal)
  return () => {
    const last = findings.get(factory)
    if (before && last && refusals.has(last)) findings.set(factory, before)
  }
}

/**
 * Tries an element in a child process, once for a machine and its drivers: the user's cache keeps the result. A refusal
 * is forgotten after ten minutes. Never rejects, and keeps no process alive.
 * @param fresh ignores known results
 */
export function runTrial(kind: CodecKind, candidate: Candidate, fresh = false): Promise<Finding> {
  const { factory } = candidate
  const running = underWay.get(factory)
  if (running) return running
  const known = fresh ? undefined : current(factory)
  if (known) return Promise.resolve(known)
  const trial = last
    .then(() => findOut(kind, candidate, fresh))
    .catch(
      (error: unknown): Finding => ({
        ...refused(`it could not be tried: ${(error as Error).message}`),
        trialResult: null,
      }),
    )
    .then(finding => {
      underWay.delete(factory)
      // Without a trial there was no device; one may come, so the next call looks again.
      if (finding.trialResult) findings.set(factory, finding)
      return finding
    })
  last = trial
  underWay.set(factory, trial)
  return trial
}

function refused(reason: string): Finding {
  return { verdict: { works: false, refusal: { reason, remedy: null } }, trialResult: null, at: Date.now() }
}

/** The cache of results on this machine as it is now. */
export function openTrialCache(): TrialCache {
  return new TrialCache(machineKey(`${VERSION} ${TRIAL_VERSION}`))
}

async function findOut(kind: CodecKind, candidate: Candidate, fresh: boolean): Promise<Finding> {
  // Without a device there is no search for libraries. With one they are searched each time: they may be new.
  const refusal = obstacle(candidate, { ...machineFacts(), library: () => true })
  if (refusal) return { verdict: { works: false, refusal }, trialResult: null, at: Date.now() }
  await lookUpLibraries()
  const facts = machineFacts()
  const lacking = obstacle(candidate, facts)
  if (lacking) return { verdict: { works: false, refusal: lacking }, trialResult: null, at: Date.now() }
  const cache = openTrialCache()
  const kept = fresh ? null : cache.read(candidate.factory)
  if (kept) {
    const verdict = verdictFrom(candidate, kept.trialResult, facts)
    if (verdict.works || Date.now() - kept.at < REFUSAL_AGE_MS) return { verdict, ...kept }
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
  if (process.env[IN_TRIAL]) return Promise.resolve({ ...NO_RESULT, text: 'a trial begins no other' })
  return new Promise(done => {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ELECTRON_RUN_AS_NODE: '1',
      GST_REGISTRY: registry,
      [IN_TRIAL]: '1',
    }
    // Settings of a debugger or of a test, and a log file that the child would overwrite.
    for (const name of ['NODE_OPTIONS', 'GST_DEBUG', 'GST_DEBUG_FILE', 'GST_TRACERS']) delete env[name]
    // The child ends when its standard input does, so at the latest with this process.
    const child = spawn(process.execPath, [join(__dirname, 'trial-child.js'), kind, factory], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let text = ''
    // The promise does not wait for the child's end: a process that is stuck in a driver cannot be killed.
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      done({
        ...NO_RESULT,
        outcome: 'late',
        text: `it hangs: its trial had no result within ${TRIAL_DEADLINE_MS / 1000} s`,
      })
    }, TRIAL_DEADLINE_MS)
    for (const handle of [child, timer, child.stdin, child.stdout] as { unref?(): void }[]) handle.unref?.()
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.stdin.on('error', () => {})
    child.once('error', error => {
      clearTimeout(timer)
      done({ ...NO_RESULT, text: `no process could be started to try it: ${error.message}` })
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      done(
        parseTrialResult(text) ?? {
          ...NO_RESULT,
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
    return { ...NO_RESULT, ...value, latency: value.latency ?? Infinity, software: value.software ?? Infinity }
  } catch {
    return null
  }
}

/** Version of this package. */
export const VERSION: string = (
  JSON.parse(readFileSync(resolve(__dirname, '../../../../package.json'), 'utf8')) as { version: string }
).version
