import { Command } from 'commander'
import { completionScript } from './completion.js'
import { EXIT, usageExit } from './exit.js'
import { ownVersion } from '../core/version.js'

type Register = (program: Command) => void

/** Each loads only what it needs: the server runs without the addon. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  serve: async () => (await import('./serve.js')).registerServe,
  relay: async () => (await import('./streams.js')).registerRelay,
  record: async () => (await import('./streams.js')).registerRecord,
  snapshot: async () => (await import('./streams.js')).registerSnapshot,
  monitor: async () => (await import('./monitor.js')).registerMonitor,
  probe: async () => (await import('./probe.js')).registerProbe,
  preflight: async () => (await import('./probe.js')).registerPreflight,
  config: async () => (await import('./config.js')).registerConfigCommands,
  passwd: async () => (await import('./passwd.js')).registerPasswd,
  service: async () => (await import('./service.js')).registerService,
  ctl: async () => (await import('./ctl.js')).registerCtl,
  fleet: async () => (await import('./fleet.js')).registerFleet,
  completion: async () => registerCompletion,
}

export const COMMAND_NAMES = Object.keys(COMMANDS)

/** A stream key or a password in an address is for nobody who lists the processes. */
const hideArguments = (name: string): void => {
  process.title = `rxgst ${name}`
}

/** Runs a command; its exit status is process.exitCode. */
export async function main(args: readonly string[]): Promise<void> {
  const [name = ''] = args
  const known = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]!] : Object.values(COMMANDS)
  if (Object.hasOwn(COMMANDS, name)) hideArguments(name)
  const program = await programOf(known)
  await program.parseAsync(args, { from: 'user' })
}

async function programOf(commands: readonly (() => Promise<Register>)[]): Promise<Command> {
  const program = usageExit(new Command('rxgst'))
    .description('live video on GStreamer: a server of channels, and commands for streams')
    .version(ownVersion(), '-v, --version')
    .showHelpAfterError()
    .enablePositionalOptions()
  for (const load of commands) (await load())(program)
  return program
}

function registerCompletion(program: Command): void {
  program
    .command('completion <shell>')
    .description('prints the completion for bash or zsh: source <(rxgst completion bash)')
    .action(async (shell: string) => {
      const script = completionScript(shell, await programOf(Object.values(COMMANDS)))
      if (script === null) {
        process.stderr.write('there is completion for bash and zsh\n')
        process.exitCode = EXIT.usage
      } else process.stdout.write(script)
    })
}
