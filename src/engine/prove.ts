import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { judge, obstacle, PROOF, type CodecKind, type MachineFacts, type Proof, type Rung, type Verdict } from '../pipelines/ladder'
import { lookUpLibraries, machineFacts, machineKey } from './machine-facts'

/** ms, with what Node.js and GStreamer take to load; the first time also with the scan of all plugins. */
const PROOF_DEADLINE = 15_000
/** A device that was busy, or out of memory, may be free later, ms. */
const REFUSED_FOR = 3_600_000

interface Kept {
  readonly proof: Proof
  /** Unix ms. */
  readonly at: number
}

/** One proof of an element, and what follows from it. */
export interface Finding {
  readonly verdict: Verdict
  /** null: nothing was tried. */
  readonly proof: Proof | null
}

const findings = new Map<string, Finding>()
const underWay = new Map<string, Promise<Finding>>()

/** What is known without trying: a device that is not there, or what this process has found out. */
export function verdictOf(rung: Rung): Verdict | undefined {
  if (rung.device === 'software') return WORKS
  const known = findings.get(rung.factory)
  if (known) return known.verdict
  const refusal = obstacle(rung, machineFacts())
  return refusal ? { works: false, refusal } : undefined
}

const WORKS: Verdict = { works: true }

/** The file that an element which works is loaded from. */
export function pluginOf(factory: string): string | null {
  return findings.get(factory)?.proof?.plugin ?? null
}

/** From now on this process does not use it: it proved itself elsewhere and is not to be had here. */
export function refuse(factory: string, reason: string): void {
  findings.set(factory, { verdict: { works: false, refusal: { reason, remedy: 'start the process anew' } }, proof: null })
}

/**
 * Tries an element in a child process, once for a machine and its drivers: the result is kept in the user's cache. A
 * refusal is forgotten after an hour. Never rejects; at most PROOF_DEADLINE.
 * @param fresh forgets what is known
 */
export function prove(kind: CodecKind, rung: Rung, fresh = false): Promise<Finding> {
  const { factory } = rung
  const running = underWay.get(factory)
  if (running) return running
  const known = fresh ? undefined : findings.get(factory)
  if (known) return Promise.resolve(known)
  const proving = findOut(kind, rung, fresh)
    .catch((error: unknown): Finding => ({ verdict: { works: false, refusal: { reason: `it could not be tried: ${(error as Error).message}`, remedy: null } }, proof: null }))
    .then((finding) => {
      findings.set(factory, finding)
      underWay.delete(factory)
      return finding
    })
  underWay.set(factory, proving)
  return proving
}

async function findOut(kind: CodecKind, rung: Rung, fresh: boolean): Promise<Finding> {
  await lookUpLibraries()
  const facts = machineFacts()
  const refusal = obstacle(rung, facts)
  if (refusal) return { verdict: { works: false, refusal }, proof: null }
  const cache = new Cache(machineKey(VERSION))
  const kept = fresh ? null : cache.read(rung.factory)
  if (kept) {
    const finding = conclude(rung, kept.proof, facts)
    if (finding.verdict.works || Date.now() - kept.at < REFUSED_FOR) return finding
  }
  const proof = await tryOut(kind, rung.factory, cache.registry)
  cache.write(rung.factory, { proof, at: Date.now() })
  return conclude(rung, proof, facts)
}

function conclude(rung: Rung, proof: Proof, facts: MachineFacts): Finding {
  const refusal = judge(rung, proof, facts)
  return { verdict: refusal ? { works: false, refusal } : WORKS, proof }
}

const NOTHING: Proof = { outcome: 'failed', text: '', pictures: 0, wanted: PROOF.pictures, psnr: 0, keyframes: [], latency: 0, plugin: null }

/** @param registry the child's own: one that was written before a driver came remembers that there was nothing to use */
function tryOut(kind: CodecKind, factory: string, registry: string | null): Promise<Proof> {
  return new Promise((done) => {
    const env: NodeJS.ProcessEnv = { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...(registry !== null && { GST_REGISTRY: registry }) }
    // Those of a debugger, or of a test.
    delete env['NODE_OPTIONS']
    const child = spawn(process.execPath, [join(__dirname, 'proof-child.js'), kind, factory], { env, stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, PROOF_DEADLINE)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.once('error', (error) => {
      clearTimeout(timer)
      done({ ...NOTHING, text: `no process could be started to try it: ${error.message}` })
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      const proof = parseProof(text)
      if (proof) done(proof)
      else if (late) done({ ...NOTHING, outcome: 'late', text: `it hangs: nothing came of it within ${PROOF_DEADLINE / 1000} s` })
      else done({ ...NOTHING, outcome: 'crashed', text: `it crashes: the process that tried it ended with ${signal ?? `status ${code}`}` })
    })
  })
}

function parseProof(text: string): Proof | null {
  try {
    const value = JSON.parse(text.trim().split('\n').at(-1) ?? '') as Proof
    // JSON has no Infinity.
    return { ...NOTHING, ...value, latency: value.latency ?? Infinity }
  } catch {
    return null
  }
}

/** Proofs of this machine as it is, in a file of the user's; what cannot be read or written is done without. */
class Cache {
  /** GStreamer's registry for the children, one for each state of the machine; null: there is no place for it. */
  readonly registry: string | null
  readonly #folder: string
  readonly #key: string

  constructor(key: string) {
    this.#key = key
    this.#folder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'rxgst')
    this.registry = this.#prepare()
  }

  #prepare(): string | null {
    const own = `registry-${this.#key}.bin`
    try {
      mkdirSync(this.#folder, { recursive: true })
      for (const name of readdirSync(this.#folder)) {
        if (/^registry-[0-9a-f]+\.bin$/.test(name) && name !== own) rmSync(join(this.#folder, name), { force: true })
      }
      return join(this.#folder, own)
    } catch {
      return null
    }
  }

  get #file(): string {
    return join(this.#folder, 'hardware.json')
  }

  #all(): Record<string, Kept> {
    try {
      const { key, proofs } = JSON.parse(readFileSync(this.#file, 'utf8')) as { key: string; proofs: Record<string, Kept> }
      return key === this.#key && typeof proofs === 'object' && proofs !== null ? proofs : {}
    } catch {
      return {}
    }
  }

  read(factory: string): Kept | null {
    const kept = this.#all()[factory]
    return typeof kept?.at === 'number' && typeof kept.proof?.outcome === 'string' ? { ...kept, proof: { ...NOTHING, ...kept.proof, latency: kept.proof.latency ?? Infinity } } : null
  }

  write(factory: string, kept: Kept): void {
    // A name of its own, since other processes may be doing the same; whole or not at all.
    const temporary = `${this.#file}.${process.pid}`
    try {
      writeFileSync(temporary, JSON.stringify({ key: this.#key, proofs: { ...this.#all(), [factory]: kept } }))
      renameSync(temporary, this.#file)
    } catch {
      remove(temporary)
    }
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Not there, or not ours.
  }
}

const VERSION: string = (JSON.parse(readFileSync(resolve(__dirname, '../../../package.json'), 'utf8')) as { version: string }).version
