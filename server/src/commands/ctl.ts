/** rxgst ctl: what the API can do, by the server's Unix socket. */
import type { Command } from 'commander'
import type { ChannelView, Plan } from '../core/server-port.js'
import type { AlertView, ServerEvent } from '../core/status.js'
import { eventLine, channelLines, alertLine, channelTable, planLines } from './ctl-text.js'
import { callSocket, followEvents } from './ctl-socket.js'
import { failWith, usageExit } from './exit.js'

const DEFAULT_SOCKET = '/run/rxgst/rxgst.sock'

interface Common {
  readonly socket: string
  readonly json?: boolean
}

const API = '/api/v1'
const channelPath = (id: string) => `${API}/channels/${encodeURIComponent(id)}`

export function registerCtl(program: Command): void {
  const ctl = usageExit(program.command('ctl'))
    .description('ask and steer a running server by its Unix socket')
    .option('-s, --socket <path>', 'its socket', process.env['RXGST_SOCKET'] ?? DEFAULT_SOCKET)
    .option('--json', 'answer in JSON, one value a line')
    .addHelpText(
      'after',
      '\nThe socket is that of server.listen: unix:/path; RXGST_SOCKET names it too.\n' +
        'Exit status: 0 done, 1 the server refused, 2 wrong arguments, 3 no server answers.',
    )

  /** A command under ctl; what goes wrong is told, and sets the exit status. */
  const command = (usage: string, description: string, act: (given: Common, ...args: string[]) => Promise<void>) => {
    const made: Command = usageExit(ctl.command(usage)).description(description)
    return made.action(async (...args: unknown[]) => {
      const given = made.optsWithGlobals<Common>()
      const words = args.filter(arg => typeof arg === 'string')
      try {
        await act(given, ...words)
      } catch (error) {
        failWith(error, given.json === true)
      }
    })
  }
  const show = <T>({ json }: Common, value: T, text: (value: T) => string): void => {
    const shown = json ? JSON.stringify(value) : text(value)
    if (shown !== '') console.log(shown)
  }
  const post = async (given: Common, path: string, body?: unknown): Promise<void> => {
    show(given, await callSocket<ChannelView>(given.socket, 'POST', path, body), channelLines)
  }

  command('list', 'the channels, how they go', async given =>
    show(given, await callSocket<readonly ChannelView[]>(given.socket, 'GET', `${API}/channels`), channelTable),
  )
  command('status <channel>', 'a channel in full', async (given, id) =>
    show(given, await callSocket<ChannelView>(given.socket, 'GET', channelPath(id!)), channelLines),
  )
  for (const name of ['start', 'stop', 'restart'] as const) {
    command(`${name} <channel>`, `${name} a channel`, (given, id) => post(given, `${channelPath(id!)}:${name}`))
  }
  command('switch <channel> <input>', 'put another input on air', (given, id, input) =>
    post(given, `${channelPath(id!)}:switch`, { input }),
  )
  command('target <channel> <target> <action>', 'start or stop a target', (given, id, target, action) => {
    if (action !== 'start' && action !== 'stop') return ctl.error("the action is 'start' or 'stop'", { exitCode: 2 })
    return post(given, `${channelPath(id!)}/targets/${encodeURIComponent(target!)}:${action}`)
  })
  command('alerts', 'what is wrong', async given =>
    show(given, await callSocket<readonly AlertView[]>(given.socket, 'GET', `${API}/alerts`), alerts =>
      alerts.map(alertLine).join('\n'),
    ),
  )
  command('acknowledge <alert>', 'say that somebody sees to an alert', async (given, id) =>
    show(
      given,
      await callSocket<AlertView>(given.socket, 'POST', `${API}/alerts/${encodeURIComponent(id!)}:acknowledge`),
      alertLine,
    ),
  )
  command('events', 'what happened', async given => {
    const { after, follow } = given as Common & { readonly after?: string; readonly follow?: boolean }
    const one = (event: ServerEvent) => show(given, event, eventLine)
    if (follow) return followEvents(given.socket, after, one)
    const path = `${API}/events?after=${encodeURIComponent(after ?? '0')}`
    const { events } = await callSocket<{ readonly events: readonly ServerEvent[] }>(given.socket, 'GET', path)
    for (const event of events) one(event)
  })
    .option('-a, --after <id>', 'those behind this event')
    .option('-f, --follow', 'go on as they happen, until Ctrl-C')
  command('reload', 'read the configuration again, and apply it', async given => {
    const { dryRun, allowRestart } = given as Common & { readonly dryRun?: boolean; readonly allowRestart?: boolean }
    const query = new URLSearchParams({
      ...(dryRun && { dryRun: 'true' }),
      ...(allowRestart && { allowRestart: 'true' }),
    })
    show(given, await callSocket<Plan>(given.socket, 'POST', `${API}/config:reload?${query}`), planLines)
  })
    .option('--dry-run', 'tell what it would change')
    .option('--allow-restart', 'channels on air may be restarted for it')
}
