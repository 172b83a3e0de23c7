/** `rxgst service install`: the server as a service of systemd. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { Problem } from '../core/problem.js'
import { EXIT, failWith } from './exit.js'

const UNIT = 'rxgst.service'
const UNIT_FOLDER = '/etc/systemd/system'
const CONFIG_FOLDER = '/etc/rxgst'
const USER = 'rxgst'
/** dist/src/commands of the package, or dist/server/src/commands of a checkout. */
const DEPLOY = ['../../../deploy', '../../../../server/deploy']

const FIRST_CONFIG = `# rxgst serve: docs/server/configuration.md names all keys.
server:
  listen: [127.0.0.1:8787, unix:/run/rxgst/rxgst.sock]
  ingest: { listen: 127.0.0.1:1935 }
  state: /var/lib/rxgst
channels: {}
`

interface Given {
  readonly dryRun?: boolean
  readonly root?: string
}

export function registerService(program: Command): void {
  program
    .command('service')
    .description('the server as a service of systemd')
    .command('install')
    .description('writes the unit, a first configuration and the user; enables and starts it. Needs root')
    .option('--dry-run', 'prints what it would write, and does nothing')
    .option('--root <folder>', 'writes under this folder, and runs no command: for images', '/')
    .action((given: Given) => {
      try {
        install(given)
      } catch (error) {
        failWith(error, false)
      }
    })
}

/** The unit with the command of this installation. */
export function unitText(command: string): string {
  for (const folder of DEPLOY) {
    const file = fileURLToPath(new URL(`${folder}/${UNIT}`, import.meta.url))
    if (existsSync(file)) return readFileSync(file, 'utf8').replace('@RXGST@', command)
  }
  throw new Problem(500, 'ERR_PACKAGE', `${UNIT} is not in the package`, {
    fault: 'engine',
    remedy: 'Install rxgst-server anew.',
  })
}

/** Node and the script that runs now: a service has no PATH of a login. */
const ownCommand = (): string => `${process.execPath} ${process.argv[1]}`

function install({ dryRun = false, root = '/' }: Given): void {
  const unit = unitText(ownCommand())
  if (dryRun) {
    process.stdout.write(unit)
    return
  }
  const real = root === '/'
  if (real && process.getuid?.() !== 0) {
    throw new Problem(EXIT.usage, 'ERR_ROOT', 'a service is installed by root', {
      remedy: 'Run it with sudo, or see what it would write with --dry-run.',
    })
  }
  const unitFile = join(root, UNIT_FOLDER, UNIT)
  const configFile = join(root, CONFIG_FOLDER, 'rxgst.yaml')
  if (real && spawnSync('id', ['-u', USER]).status !== 0) {
    say('Making the user rxgst')
    run('useradd', ['--system', '--home-dir', '/var/lib/rxgst', '--shell', '/usr/sbin/nologin', USER])
  }
  mkdirSync(join(root, UNIT_FOLDER), { recursive: true })
  mkdirSync(join(root, CONFIG_FOLDER), { recursive: true, mode: 0o750 })
  say(`Writing ${unitFile}`)
  writeFileSync(unitFile, unit)
  if (!existsSync(configFile)) {
    say(`Writing ${configFile}`)
    writeFileSync(configFile, FIRST_CONFIG, { mode: 0o640 })
  }
  if (!real) return
  // The API writes the file, and beside it.
  run('chown', ['-R', `root:${USER}`, CONFIG_FOLDER])
  run('chmod', ['0770', CONFIG_FOLDER])
  run('systemctl', ['daemon-reload'])
  say('Starting the service')
  run('systemctl', ['enable', '--now', UNIT])
  say(`It runs: journalctl -u ${UNIT} shows its log, and the link of the first login.`)
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  throw new Problem(500, 'ERR_SERVICE', `${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`, {
    fault: 'machine',
    remedy: 'Put that right, and run the command again: it does what is left.',
  })
}
