/** What rxgst ctl prints for people. */
import type { ChannelView, Plan } from '../core/server-port.js'
import type { AlertView, Reason, ServerEvent } from '../core/status.js'
import { printable } from './exit.js'

const time = (unixMs: number): string => new Date(unixMs).toISOString().slice(0, 19).replace('T', ' ')
const because = (reason: Reason | null): string => (reason ? `: ${reason.message} (${reason.code})` : '')
const megabits = (bits: number | null | undefined): string => (bits == null ? '-' : `${(bits / 1e6).toFixed(2)} Mbit/s`)

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function channelTable(channels: readonly ChannelView[]): string {
  const rows = channels.map(({ id, status, figures, alerts }) => [
    id,
    status.phase,
    status.inputs.find(input => input.onAir)?.name ?? '-',
    `${status.targets.filter(({ phase }) => phase === 'live').length}/${status.targets.length}`,
    megabits(figures.bitrateIn),
    megabits(figures.bitrateOut),
    printable(alerts.find(alert => alert.clearedAt === null)?.message ?? ''),
  ])
  return table([['CHANNEL', 'STATE', 'ON AIR', 'TARGETS', 'IN', 'OUT', 'ALERT'], ...rows])
}

export function channelLines({ id, status, alerts, process }: ChannelView): string {
  const lastExit = process.lastExit ? `, last exit: ${process.lastExit}` : ''
  return [
    `${id}: ${status.phase} since ${time(status.since)}${because(status.reason)}`,
    ...status.inputs.map(
      input => `  input   ${input.name}${input.onAir ? ' (on air)' : ''}: ${input.phase}${because(input.reason)}`,
    ),
    ...status.targets.map(
      target => `  target  ${target.name}: ${target.phase}, ${megabits(target.bitrate)}${because(target.reason)}`,
    ),
    ...alerts.filter(({ clearedAt }) => clearedAt === null).map(alert => `  alert   ${alertLine(alert)}`),
    `  process ${process.pid ?? 'none'}, started ${process.starts} times${lastExit}`,
  ]
    .map(printable)
    .join('\n')
}

export function alertLine({ id, severity, channel, message, raisedAt, acknowledgedBy }: AlertView): string {
  const seen = acknowledgedBy ? `, seen by ${acknowledgedBy}` : ''
  return printable(`${id}  ${severity}  ${channel}  ${message}, since ${time(raisedAt)}${seen}`)
}

export const eventLine = ({ id, at, type, user, message }: ServerEvent): string =>
  printable(`${id}  ${time(at)}  ${type}  ${message}${user ? ` (${user})` : ''}`)

export const planLines = ({ steps }: Plan): string =>
  steps.length === 0 ? 'nothing changes' : steps.map(({ text, effect }) => printable(`${text} (${effect})`)).join('\n')
