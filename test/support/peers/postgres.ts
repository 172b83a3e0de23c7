import { chmodSync, chownSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { exec, start, type Child } from '../child'
import { tempDir } from '../temp'
import { until } from '../until'
import { freePort } from './ports'

const PROGRAMS = '/usr/lib/postgresql'
const CERTIFICATES = join('test', 'support', 'peers', 'tls')
const SUPERUSER = 'postgres'
const PASSWORD = 'super secret'
/** On a busy machine it has to write what it has. */
const STOP_MS = 30_000

/** Where Debian has initdb and postgres; null: PostgreSQL is not installed. */
export const postgresPrograms: string | null = newest()

export interface Postgres extends AsyncDisposable {
  readonly port: number
  /** Folder of its Unix socket. */
  readonly folder: string
  readonly running: boolean
  /** Of the superuser, unless another user is given. */
  url(options?: { user?: string; password?: string; database?: string; host?: string; parameters?: string }): string
  /** Statements of the superuser. */
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>
  /** A file of psql, such as roles.sql. */
  script(file: string, variables: Record<string, string>): Promise<void>
  /** SIGKILL: as if the machine lost its power. SIGSTOP: all of its processes freeze. SIGCONT: they go on. */
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** Ends all connections, and the server. */
  stop(): Promise<void>
  /** On the same port, after stop() or kill('SIGKILL'). */
  restart(): Promise<void>
  /** A copy of its files, while it is stopped; put back, likewise, by restore(). */
  backup(): string
  restore(copy: string): void
  log(): string
}

/** A cluster of its own in a temporary folder, on a free port and a Unix socket, with TLS: not Debian's own. */
export async function startPostgres(): Promise<Postgres> {
  if (postgresPrograms === null) throw new Error(`there is no PostgreSQL in ${PROGRAMS}`)
  const folder = tempDir()
  const data = join(folder, 'data')
  const port = await freePort()
  const owner = ownerOf()
  chmodSync(folder, 0o755)
  mkdirSync(data)
  const give = (path: string) => owner && chownSync(path, owner.uid, owner.gid)
  give(folder)
  give(data)
  const password = join(folder, 'password')
  writeFileSync(password, PASSWORD, { mode: 0o600 })
  give(password)
  const [initdb, ...init] = asOwner(owner, join(postgresPrograms, 'initdb'), [
    ...['--pgdata', data, '--username', SUPERUSER, '--pwfile', password, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
  ])
  await exec(initdb!, init, { cwd: folder })
  for (const name of ['localhost-cert.pem', 'localhost-key.pem']) {
    const path = join(data, name)
    copyFileSync(join(CERTIFICATES, name), path)
    chmodSync(path, 0o600)
    give(path)
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    ssl: 'on',
    ssl_cert_file: 'localhost-cert.pem',
    ssl_key_file: 'localhost-key.pem',
    // Files are temporary: a killed server loses nothing either.
    fsync: 'off',
    max_connections: 100,
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command, ...args] = asOwner(owner, join(postgresPrograms, 'postgres'), ['-D', data, ...options])

  let child: Child
  const log: string[] = []
  const url: Postgres['url'] = ({ user = SUPERUSER, password = PASSWORD, database = 'postgres', ...more } = {}) => {
    const { host = '127.0.0.1', parameters = '' } = more
    return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}${parameters}`
  }
  const sql = async (text: string, database = 'postgres') => {
    const client = new Client({ host: folder, port, user: SUPERUSER, password: PASSWORD, database })
    // A server that is killed ends the connection.
    client.on('error', () => {})
    await client.connect()
    try {
      const result = await client.query<Record<string, unknown>>(text)
      return result.rows ?? []
    } finally {
      await client.end()
    }
  }
  const launch = async () => {
    child = start(command!, args, { cwd: folder })
    const answers = () =>
      sql('SELECT 1').then(
        () => true,
        () => false,
      )
    await until(async () => !child.running || (await answers()), { what: 'PostgreSQL', timeout: 60_000, interval: 50 })
    if (!child.running) throw new Error(`PostgreSQL did not start\n${child.output()}`)
  }
  const ended = async () => {
    await child.exited
    log.push(child.output())
    // Its processes have sessions of their own, and see later than we that it is gone.
    await until(() => processes(data).length === 0, {
      what: () => `the end of all processes of PostgreSQL (${processes(data)})`,
      timeout: 60_000,
    })
  }
  await launch()
  return {
    port,
    folder,
    get running() {
      return child.running
    },
    url,
    sql,
    script: async (file, variables) => {
      const sets = Object.entries(variables).map(([name, value]) => `--set=${name}=${value}`)
      const env = { PGPASSWORD: PASSWORD }
      const where = ['--host', folder, '--port', String(port), '--username', SUPERUSER, '--no-psqlrc']
      await exec('psql', [...where, ...sets, '--file', file, 'postgres'], { env })
    },
    kill: async signal => {
      for (const pid of [child.pid, ...childrenOf(child.pid)]) {
        try {
          process.kill(pid, signal)
        } catch {
          // It has ended meanwhile.
        }
      }
      if (signal === 'SIGKILL') await ended()
    },
    stop: async () => {
      // SIGINT: without waiting for clients.
      child.kill('SIGINT')
      await ended()
    },
    restart: launch,
    backup: () => {
      const copy = join(folder, `backup-${readdirSync(folder).length}`)
      cpSync(data, copy, { recursive: true, preserveTimestamps: true })
      return copy
    },
    restore: copy => {
      rmSync(data, { recursive: true })
      cpSync(copy, data, { recursive: true, preserveTimestamps: true })
      chmodSync(data, 0o700)
      chownAll(data, give)
    },
    log: () => [...log, child.output()].join('\n'),
    [Symbol.asyncDispose]: async () => {
      for (const pid of childrenOf(child.pid)) {
        try {
          process.kill(pid, 'SIGCONT')
        } catch {
          // It has ended meanwhile.
        }
      }
      child.kill('SIGCONT')
      child.kill('SIGINT')
      await child.stop(STOP_MS)
      await ended()
    },
  }
}

function newest(): string | null {
  if (!existsSync(PROGRAMS)) return null
  const versions = readdirSync(PROGRAMS).filter(name => existsSync(join(PROGRAMS, name, 'bin', 'postgres')))
  const [version] = versions.sort((a, b) => Number(b) - Number(a))
  return version === undefined ? null : join(PROGRAMS, version, 'bin')
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root: it runs as the user of its package then. */
function ownerOf(): Owner | null {
  if (process.getuid!() !== 0) return null
  const line = readFileSync('/etc/passwd', 'utf8').split('\n')
  const fields = line.find(text => text.startsWith(`${SUPERUSER}:`))?.split(':')
  if (!fields) throw new Error(`there is no user ${SUPERUSER}`)
  return { uid: Number(fields[2]), gid: Number(fields[3]) }
}

/**
 * The folder above ours may be closed to other users: the capability opens it. The kernel forgets who is to die with
 * whom when a process changes its user: it is told once more.
 */
function asOwner(owner: Owner | null, command: string, args: readonly string[]): string[] {
  if (owner === null) return [command, ...args]
  const ids = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--pdeathsig', 'KILL']
  const capabilities = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  return ['setpriv', ...ids, ...capabilities, '--', command, ...args]
}

function chownAll(path: string, give: (path: string) => void): void {
  give(path)
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true }))
    give(join(entry.parentPath, entry.name))
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Processes that work in a data folder. */
function processes(data: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0 && (folderOf(pid) ?? '') === data)
}

function folderOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(' Z ') ? null : readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null
  }
}
