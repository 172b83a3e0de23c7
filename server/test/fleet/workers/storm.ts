/**
 * A fleet of real processes under faults that a seed has chosen: one after the other, each with what must hold of it.
 * Four workers, a PostgreSQL, three kinds of servers, a network for each worker and each of these.
 */
import { startTcpProxy, type TcpProxy } from '../../../../test/support/peers/tcp-proxy.js'
import { publish } from '../../../../test/support/peers/ffmpeg.js'
import { startNginx } from '../../../../test/support/peers/nginx.js'
import { tempDir } from '../../../../test/support/temp.js'
import { until } from '../../../../test/support/until.js'
import { type Fleet, startFleet } from '../support.js'
import { type Destination, type Policy, startDestination } from './destination.js'
import { Observer, type Watched } from './observer.js'
import { startWorker, type WorkerProcess } from './workers.js'

const NAMES = ['a', 'b', 'c', 'd'] as const
const POLICIES: readonly Policy[] = ['fences', 'takes-over', 'takes-both']
const HOUR_MS = 3_600_000
/** A process of a channel begins, connects and has a keyframe, on a machine that is busy with the fault. */
const BEGIN_MS = 15_000
/** What stays live may be late by so much on such a machine. */
const LATE_MS = 2000
const RECOVERY_MS = 120_000
/** All is well again when it has been so for this long. */
const SETTLED_MS = 3000
/** Each look at the store is a connection of its own. */
const LOOK_MS = 200

export interface StormOptions {
  readonly seed: number
  readonly events: number
  readonly ttlMs: number
  say(text: string): void
}

export interface StormResult {
  readonly done: Readonly<Record<string, { count: number; longestGapMs: number }>>
  readonly faults: readonly string[]
}

interface Stage {
  readonly fleet: Fleet
  readonly ttlMs: number
  readonly random: () => number
  readonly workers: Map<string, WorkerProcess>
  readonly stores: ReadonlyMap<string, TcpProxy>
  readonly destinations: readonly Destination[]
  readonly keys: readonly string[]
  readonly launch: (name: string) => WorkerProcess
  readonly backup: string
}

interface Fault {
  readonly weight: number
  /** Nothing that is live may end, but what a server takes twice (`takes-both`). */
  readonly keepsLive: boolean
  run(stage: Stage): Promise<void>
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'a worker is killed': {
    weight: 3,
    keepsLive: false,
    run: async stage => {
      const worker = someWorker(stage)
      signal([worker.child.pid], 'SIGKILL')
      await pause(stage, 0.2, 2.5)
      await restart(stage, worker)
    },
  },
  "a channel's process is killed": {
    weight: 2,
    keepsLive: false,
    run: async stage => {
      const key = pick(stage.random, stage.keys)
      for (const worker of stage.workers.values()) {
        const pid = (await worker.channel(key))?.process.pid
        if (pid) process.kill(pid, 'SIGKILL')
      }
    },
  },
  'a worker stands still': {
    weight: 3,
    keepsLive: false,
    run: async stage => {
      // The processes of its channels go on.
      const { pid } = someWorker(stage).child
      signal([pid], 'SIGSTOP')
      await pause(stage, 0.5, 3)
      signal([pid], 'SIGCONT')
    },
  },
  'a worker and its channels stand still': {
    weight: 2,
    keepsLive: false,
    run: async stage => {
      const worker = someWorker(stage)
      const pids = [worker.child.pid]
      for (const key of stage.keys) {
        const pid = (await worker.channel(key))?.process.pid
        if (pid) pids.push(pid)
      }
      signal(pids, 'SIGSTOP')
      await pause(stage, 0.5, 3)
      signal(pids, 'SIGCONT')
    },
  },
  'the store is killed': {
    weight: 2,
    keepsLive: true,
    run: async stage => {
      await stage.fleet.postgres.kill('SIGKILL')
      await pause(stage, 0.2, 4)
      await stage.fleet.postgres.restart()
    },
  },
  'the store stands still': {
    weight: 2,
    keepsLive: true,
    run: async stage => {
      await stage.fleet.postgres.kill('SIGSTOP')
      await pause(stage, 0.2, 4)
      await stage.fleet.postgres.kill('SIGCONT')
    },
  },
  'the store is restored from a backup': {
    weight: 1,
    keepsLive: true,
    run: async stage => {
      const { postgres } = stage.fleet
      await postgres.stop()
      postgres.restore(stage.backup)
      await postgres.restart()
    },
  },
  'the clock of the store is set': {
    weight: 1,
    keepsLive: true,
    run: async stage => {
      await stage.fleet.setClock(pick(stage.random, [-HOUR_MS, 0, HOUR_MS]))
    },
  },
  'a worker loses the store': {
    weight: 3,
    keepsLive: false,
    run: async stage => {
      const proxy = stage.stores.get(someWorker(stage).name)!
      proxy.freeze()
      await pause(stage, 0.5, 4)
      proxy.thaw()
      proxy.cut('rst')
    },
  },
  'a worker loses the destinations': {
    weight: 2,
    keepsLive: false,
    run: async stage => {
      const { name } = someWorker(stage)
      const networks = stage.destinations.map(one => one.network(name))
      await Promise.all(networks.map(network => network.refuse()))
      for (const network of networks) network.cut('rst')
      await pause(stage, 0.5, 2)
      await Promise.all(networks.map(network => network.accept()))
    },
  },
  'a worker is drained': {
    weight: 2,
    keepsLive: false,
    run: async stage => {
      const worker = someWorker(stage)
      await ask(stage, `/fleet/workers/${worker.name}:drain`)
      const empty = async () => (await heldBy(stage, worker.name)) === 0
      await until(empty, { timeout: RECOVERY_MS, interval: LOOK_MS, what: 'the drain' })
      await ask(stage, `/fleet/workers/${worker.name}:undrain`)
    },
  },
  'a channel is moved': {
    weight: 2,
    keepsLive: false,
    run: async stage => {
      const worker = pick(stage.random, NAMES)
      const key = pick(stage.random, stage.keys)
      await ask(stage, `/fleet/channels/${key}:move`, { worker })
      const sql = `SELECT FROM rxgst.leases WHERE channel = '${key}' AND holder = '${worker}'`
      const moved = async () => (await stage.fleet.sql(sql)).length > 0
      await until(moved, { timeout: RECOVERY_MS, interval: LOOK_MS, what: () => `${key} on ${worker}` })
      await ask(stage, `/fleet/channels/${key}:move`, { worker: null })
    },
  },
  'a worker ends in order, and begins anew': {
    weight: 2,
    keepsLive: false,
    run: async stage => {
      const worker = someWorker(stage)
      signal([worker.child.pid], 'SIGTERM')
      await restart(stage, worker)
    },
  },
}

/** Rejects where the stage cannot be set up; what the fleet does wrong is in the result. */
export async function storm({ seed, events, ttlMs, say }: StormOptions): Promise<StormResult> {
  await using fleet = await startFleet()
  await using source = await startNginx()
  await using _ = await publish(source.url('in'), { size: '160x90', fps: 10, gop: 10 })
  const destinations = await Promise.all(POLICIES.map(policy => startDestination(policy, NAMES)))
  const stores = new Map<string, TcpProxy>()
  for (const name of NAMES) stores.set(name, await startTcpProxy(fleet.postgres.port))
  const channels = Object.fromEntries(
    POLICIES.map(policy => [
      policy,
      {
        inputs: [{ url: source.url('in') }],
        targets: { out: { url: `\${env:DESTINATION_${policy.replace('-', '_')}}` } },
        onLeaseLoss: policy === 'takes-both' ? 'stop' : 'continue',
      },
    ]),
  )
  const folders = new Map(NAMES.map(name => [name as string, tempDir()]))
  const launch = (name: string): WorkerProcess => {
    const url = new URL(fleet.workerUrl)
    url.port = String(stores.get(name)!.port)
    return startWorker({
      ...{ name, url: url.href, ttl: `${ttlMs}ms`, folder: folders.get(name)!, channels: name === 'a' ? channels : {} },
      env: Object.fromEntries(
        destinations.map(one => [`DESTINATION_${one.policy.replace('-', '_')}`, one.url(name, one.policy)]),
      ),
    })
  }
  const random = mulberry(seed)
  const workers = new Map<string, WorkerProcess>()
  const watched: Watched[] = destinations.map(destination => ({ key: destination.policy, destination }))
  const observer = new Observer(fleet, watched, ttlMs)
  const done: Record<string, { count: number; longestGapMs: number }> = {}
  const faults: string[] = []
  const fault = (text: string) => {
    faults.push(text)
    say(`── ${text}`)
  }
  try {
    for (const name of NAMES) workers.set(name, launch(name))
    const texts = () => [...workers.values()].map(one => `${one.name}: ${one.output().slice(-4000)}`).join('\n')
    await until(() => observer.flows, { timeout: RECOVERY_MS, what: texts })
    await fleet.postgres.stop()
    const backup = fleet.postgres.backup()
    await fleet.postgres.restart()
    const stage: Stage = {
      ...{ fleet, ttlMs, random, workers, stores, destinations, launch, backup },
      keys: POLICIES,
    }
    await settled(stage, observer)
    for (let event = 1; event <= events; event++) {
      const [name, chosenFault] = chosen(random)
      const from = performance.now()
      const faultsBefore = observer.faults.length
      await chosenFault.run(stage)
      const ranMs = performance.now() - from
      if (!(await settled(stage, observer))) fault(`event ${event}, ${name}: not all channels are back\n${texts()}`)
      const gaps = POLICIES.map(policy => [policy, observer.longestGap(policy, from)] as const)
      for (const [policy, gap] of gaps) {
        const keeps = chosenFault.keepsLive && policy !== 'takes-both'
        // A holder that is gone while the store is away is found out when it is back, and a TTL has passed.
        const limit = keeps ? LATE_MS : 2 * ttlMs + BEGIN_MS + (chosenFault.keepsLive ? ranMs : 0)
        if (gap > limit) fault(`event ${event}, ${name}: ${policy} had no media for ${gap.toFixed(0)} ms\n${texts()}`)
      }
      for (const text of observer.faults.slice(faultsBefore)) fault(`event ${event}, ${name}: ${text}`)
      const longest = Math.max(...gaps.map(([, gap]) => gap))
      const entry = (done[name] ??= { count: 0, longestGapMs: 0 })
      entry.count++
      entry.longestGapMs = Math.max(entry.longestGapMs, longest)
      const shown = gaps.map(([policy, gap]) => `${policy} ${(gap / 1000).toFixed(1)} s`).join(', ')
      say(`${event}/${events} ${name} (${(ranMs / 1000).toFixed(1)} s): pauses ${shown}; ${faults.length} faults`)
    }
  } finally {
    await observer[Symbol.asyncDispose]()
    await Promise.all([...workers.values()].map(worker => worker[Symbol.asyncDispose]()))
    await Promise.all(destinations.map(one => one[Symbol.asyncDispose]()))
    await Promise.all([...stores.values()].map(proxy => proxy.stop()))
  }
  return { done, faults }
}

/** All workers are heard of, each channel has a holder that is confirmed, and media flows. */
async function settled({ fleet, workers, ttlMs }: Stage, observer: Observer): Promise<boolean> {
  const isSettled = async () => {
    try {
      const [row] = await fleet.sql(
        `SELECT (SELECT count(*) FROM rxgst.workers WHERE rxgst.clock() - heartbeat_at < interval '${ttlMs / 2} ms'
           AND NOT draining) AS workers,
         (SELECT count(*) FROM rxgst.leases WHERE holder IS NOT NULL AND expires_at > rxgst.clock()) AS leases`,
      )
      return Number(row!['workers']) === workers.size && Number(row!['leases']) === POLICIES.length && observer.flows
    } catch {
      return false
    }
  }
  let since: number | null = null
  // What has just ended was still there a moment ago.
  const staysSettled = async () => {
    if (!(await isSettled())) since = null
    else since ??= performance.now()
    return since !== null && performance.now() - since > SETTLED_MS
  }
  try {
    await until(staysSettled, { timeout: RECOVERY_MS, interval: LOOK_MS, what: 'all channels' })
    return true
  } catch {
    return false
  }
}

async function heldBy({ fleet }: Stage, worker: string): Promise<number> {
  return (await fleet.sql(`SELECT FROM rxgst.leases WHERE holder = '${worker}' AND expires_at > rxgst.clock()`)).length
}

/** Any worker answers. */
async function ask({ workers }: Stage, path: string, body?: unknown): Promise<void> {
  const said: string[] = []
  for (const worker of workers.values()) {
    const { status, body: answer } = await worker.call('POST', path, body).catch(error => ({ status: 0, body: error }))
    if (status >= 200 && status < 300) return
    said.push(`${worker.name}: ${status} ${JSON.stringify(answer)}`)
  }
  throw new Error(`${path}: ${said.join('; ')}`)
}

async function restart(stage: Stage, worker: WorkerProcess): Promise<void> {
  await worker.child.exited
  stage.workers.set(worker.name, stage.launch(worker.name))
}

const someWorker = ({ workers, random }: Stage): WorkerProcess => pick(random, [...workers.values()])

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // It has ended meanwhile.
    }
  }
}

function pause({ random, ttlMs }: Stage, leastTtls: number, mostTtls: number): Promise<void> {
  const ms = ttlMs * (leastTtls + random() * (mostTtls - leastTtls))
  return new Promise(resolve => setTimeout(resolve, ms))
}

function chosen(random: () => number): readonly [string, Fault] {
  const all = Object.entries(FAULTS)
  let left = random() * all.reduce((sum, [, { weight }]) => sum + weight, 0)
  for (const entry of all) {
    left -= entry[1].weight
    if (left < 0) return entry
  }
  return all.at(-1)!
}

function pick<T>(random: () => number, of: readonly T[]): T {
  return of[Math.floor(random() * of.length)]!
}

/** The same numbers for the same seed. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
