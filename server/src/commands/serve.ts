/** rxgst serve: the supervisor, its API and its RTMP server in one process, until a signal ends it. */
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { systemClock } from 'rxgst/checks'
import { checkApi, startApi } from '../api/start-api.js'
import type { Config, ServerConfig } from '../core/schema.js'
import { Problem } from '../core/problem.js'
import { resolveFleetUrl, resolveWebhooks, type SecretSources } from '../config/secrets.js'
import { Ingest, ingestUrl } from '../ingest/ingest.js'
import { StreamKeys } from '../ingest/stream-keys.js'
import type { ConfigDoor } from '../supervisor/config-door.js'
import { askHandOver, ControlSocket } from '../supervisor/control.js'
import { fileDoor } from '../supervisor/file-door.js'
import { Fleet } from '../supervisor/fleet/fleet.js'
import { StartLane } from '../supervisor/child/start-lane.js'
import type { Notifier } from '../supervisor/notifier.js'
import { HAND_OVER_MS, Supervisor } from '../supervisor/supervisor.js'
import { Notifier as AlertNotifier } from '../notify/notifier.js'
import type { Log } from '../supervisor/log.js'
import { watchFaults } from './serve-faults.js'
import { serveLog } from './serve-log.js'
import { systemd } from './serve-systemd.js'
import { WebhookCheck } from './serve-webhooks.js'
import { ownVersion } from '../core/version.js'

const DEFAULT_FILE = 'rxgst.yaml'
/** Of SIGTERM: systemd kills after 150 s. */
const DRAIN_MS = 120_000
const EXIT_MS = 200
/** For alerts that wait for their receivers. */
const NOTIFY_MS = 5000
const EXIT_REFUSED = 1
const EXIT_AT_ONCE = 130

export interface ServeOptions {
  readonly state?: string
  readonly allowRestart?: boolean
  /** Of API and page. */
  readonly freePort?: boolean
  readonly upgrade?: boolean
}

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('runs the channels of a configuration, with an API and a page')
    .argument('[file]', 'configuration', DEFAULT_FILE)
    .option('--state <folder>', 'what the server keeps, in place of server.state')
    .option('--allow-restart', 'a file that changed may restart channels that are on air')
    .option('--free-port', 'where the port of API and page is taken: the next free one')
    .option(
      '--upgrade',
      'takes over the channels of the server that runs on the same state folder; none of them blinks',
    )
    .action(async (file: string, options: ServeOptions) => {
      try {
        await serve(file, options)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        console.error(problemText(error))
        process.exitCode = EXIT_REFUSED
      }
    })
}

/** Resolves when the server runs. Rejects with Problem when it cannot. */
export async function serve(file: string, options: ServeOptions): Promise<void> {
  const { env } = process
  const path = resolve(file)
  const ownDoor = fileDoor({ file: path, env, credentialsDirectory: env['CREDENTIALS_DIRECTORY'] ?? null })
  /** What was applied last. Alerts are sent from the first moment on. */
  let current = await validConfig(ownDoor)
  const { server } = current
  const state = options.state === undefined ? resolve(dirname(path), server.state) : resolve(options.state)
  makeFolder(state)
  const controlPath = join(state, 'run', '.control.sock')
  // What can fail fails while the server before still has its channels.
  checkApi(server, dirname(path))
  if (server.ingest?.streamKeys) StreamKeys.check(state)
  const fleet = await fleetOf(server, path, state, options.upgrade ?? false)
  const door = fleet?.door(ownDoor, dirname(path)) ?? ownDoor
  if (options.upgrade) await askHandOver(controlPath)

  let supervisor: Supervisor | null = null
  let ingest: Ingest | null = null
  const log = serveLog({ stream: process.stderr, mask: text => supervisor?.channelList.mask(text) ?? text })
  // Whoever read them has gone, such as `tee` behind a pipe.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  watchFaults({ process, log, exit: code => process.exit(code) })
  const sources = ({ server }: Config): SecretSources => ({
    ...{ env, server, base: dirname(path), credentialsDirectory: env['CREDENTIALS_DIRECTORY'] ?? null },
  })
  const webhooks = new WebhookCheck(() => ({ webhooks: current.server.webhooks, sources: sources(current) }))
  const notifier = alertNotifier({ log, config: () => current, sources, webhooks })
  const running = await Supervisor.start({
    version: ownVersion(),
    ...(fleet ? { fleet } : { allowRestart: options.allowRestart ?? false }),
    channelEntry: fileURLToPath(new URL('../channel/main.js', import.meta.url)),
    ...{ state, door, log, notifier, ingestUrl },
    ingestStreams: () => ingest?.streams() ?? [],
    onConfig: config => {
      current = config
      webhooks.look()
      log.level = config.server.logLevel
      ingest?.apply(config).catch(error => log.error({ err: error }, 'the RTMP server did not take its configuration'))
    },
  })
  supervisor = running
  webhooks.tell(running.book)
  const openApi = () =>
    startApi(running, {
      folder: dirname(path),
      freePort: options.freePort ?? false,
      ...(env['RXGST_PROBES'] && { probes: [env['RXGST_PROBES']] }),
      onFault: error => log.error({ err: error }, 'a fault'),
    })
  let api: Awaited<ReturnType<typeof openApi>>
  let rtmp: Ingest
  try {
    const { runFolder, pidFiles, book } = running
    // It is light, and publishers wait for it: it begins beside the channels, not behind them.
    const lane = new StartLane(1)
    const event: Supervisor['event'] = told => running.event(told)
    rtmp = new Ingest({ state, runFolder, pidFiles, lane, log, alerts: book, event })
    ingest = rtmp
    await rtmp.adopt()
    await rtmp.apply(running.config)
    api = await openApi()
  } catch (error) {
    // The next try has HAND_OVER_MS to take over what this one took.
    if (options.upgrade) await leave(running, ingest, log)
    else await Promise.all([running.close(DRAIN_MS), ingest?.stop()])
    throw error
  }
  const service = systemd(
    env,
    () => !running.stuck,
    error => log.warn({ err: error }, 'systemd cannot be told'),
  )
  const control = await ControlSocket.listen(controlPath, async waits => {
    log.info('another server takes over')
    await api.close()
    if (!waits()) {
      log.warn('the server that should take over has gone: the channels stay')
      try {
        api = await openApi()
      } catch (error) {
        log.error({ err: error }, 'the API does not answer any more; the channels go on')
      }
      throw new Error('it was not waited for')
    }
    await leave(running, rtmp, log)
    // Its own process is the service from now on: the answer leaves first, then the alerts that wait.
    const exit = () => void setTimeout(() => process.exit(0), EXIT_MS)
    notifier.close(NOTIFY_MS).then(exit, exit)
  })
  endBySignal(
    async () => {
      service.stopping()
      log.info('the server ends, and its channels first')
      await running.close(DRAIN_MS)
      await rtmp.stop()
      await notifier.close(NOTIFY_MS)
      await api.close()
      control.close()
      service.close()
    },
    () => {
      running.kill()
      rtmp.kill()
    },
  )
  process.on('SIGHUP', () => {
    const { allowRestart } = running
    running.reloadConfig({ user: 'signal', allowRestart }).catch(error => log.error({ err: error }, 'not reloaded'))
  })
  log.info({ addresses: api.addresses, state }, `serving at ${api.addresses.join(', ')}`)
  if (api.oneTimeLink) console.log(`Log in once, within ten minutes: ${api.oneTimeLink}`)
  service.ready(() => `${Object.keys(running.config.channels).length} channels`)
}

/** null: this machine alone. Rejects with Problem: the store takes no worker of this version, or of this password. */
async function fleetOf(server: ServerConfig, path: string, state: string, takesOver: boolean): Promise<Fleet | null> {
  if (!server.fleet) return null
  const { env } = process
  const credentialsDirectory = env['CREDENTIALS_DIRECTORY'] ?? null
  const url = await resolveFleetUrl(server.fleet.url, { env, credentialsDirectory, base: dirname(path), server })
  const cores = availableParallelism()
  const fleet = new Fleet({ config: server.fleet, url, version: ownVersion(), state, cores })
  await fleet.prepare(takesOver)
  return fleet
}

/** All processes go on, for the next server. */
async function leave(running: Supervisor, ingest: Ingest | null, log: Log): Promise<void> {
  await ingest?.handOver(HAND_OVER_MS).catch(error => log.warn({ err: error }, 'the RTMP server ends'))
  await running.handOver()
}

interface AlertsOf {
  readonly log: Log
  readonly config: () => Config
  readonly sources: (config: Config) => SecretSources
  readonly webhooks: WebhookCheck
}

/** Alerts go to the log, and to the addresses of the configuration. */
function alertNotifier({ log, config, sources, webhooks }: AlertsOf): Notifier & Pick<AlertNotifier, 'close'> {
  const logger = {
    debug: (text: string) => log.debug({}, text),
    info: (text: string) => log.info({}, text),
    warn: (text: string) => log.warn({}, text),
    error: (text: string) => log.error({}, text),
  }
  const notifier = new AlertNotifier({
    logger,
    clock: systemClock,
    privateAddresses: () => config().server.privateAddresses,
    addresses: () => {
      const { server, channels } = config()
      const all = [...server.webhooks, ...Object.values(channels).flatMap(({ webhooks }) => webhooks)]
      return { server: server.webhooks, all }
    },
    resolve: async hook => (await resolveWebhooks([hook], sources(config())))[0]!,
  })
  return {
    send: (alert, channel) => {
      const { message, severity, clearedAt } = alert
      log.warn({ channel: alert.channel, severity, cleared: clearedAt !== null }, `alert: ${message}`)
      notifier.send(alert, channel)
    },
    test: () => {
      webhooks.look()
      return notifier.test()
    },
    close: deadlineMs => notifier.close(deadlineMs),
  }
}

/** The first signal ends in order, the second one now. */
function endBySignal(drain: () => Promise<void>, now: () => void): void {
  let ending = false
  const end = () => {
    if (ending) {
      now()
      process.exit(EXIT_AT_ONCE)
    }
    ending = true
    drain().then(
      () => process.exit(0),
      () => process.exit(EXIT_REFUSED),
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

/** With another one nothing that runs is touched. */
async function validConfig(door: ConfigDoor): Promise<Config> {
  const { config, problems } = await door.read()
  if (config) return config
  throw new Problem(422, 'ERR_CONFIG_INVALID', `${door.file} is not valid`, {
    remedy: 'Put the named places right.',
    problems,
  })
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Problem(500, 'ERR_STATE_FOLDER', `the state folder cannot be made: ${(error as Error).message}`, {
      fault: 'machine',
      remedy: 'Name a folder that this user may write: --state FOLDER, or server.state in the configuration.',
    })
  }
}

function problemText({ message, code, remedy, problems }: Problem): string {
  const places = problems.map(({ file, line, column, path, message }) => {
    const place = line === null ? file : `${file}:${line}:${column ?? 1}`
    return `  ${place}: ${path}: ${message}`
  })
  return [`rxgst serve: ${message} (${code})`, ...places, remedy].join('\n')
}
