/** What each service takes for an alert. Texts of alerts are plain: nothing in them formats, links or calls anybody. */
import type { AlertView } from '../core/status.js'

export type ChatType = 'slack' | 'mattermost' | 'discord' | 'telegram'

/** 'studio: black 12 s (above 10 s)', with what it is: raised, cleared, a test. */
export interface Notice {
  readonly event: 'raised' | 'cleared' | 'test'
  readonly alert: AlertView
}

/** Colours that services show beside the words: red, amber, green. */
const COLORS = { critical: 0xd92d20, warning: 0xdc8a00, cleared: 0x15803d } as const
const SIGNS = { critical: '🔴', warning: '🟠', cleared: '🟢' } as const

const kindOf = ({ event, alert }: Notice): keyof typeof COLORS => (event === 'cleared' ? 'cleared' : alert.severity)

/** '45 s', '12 min', '3 h 5 min'. */
export function lasted(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** One line. */
export function lineOf({ event, alert }: Notice): string {
  if (event === 'test') return 'Test: rxgst can send alerts here.'
  const { message, raisedAt, clearedAt } = alert
  if (event === 'raised') return `${alert.severity}: ${message}`
  return `over after ${lasted((clearedAt ?? raisedAt) - raisedAt)}: ${message}`
}

/** Slack reads &, < and > as its own marks; a message without `mrkdwn` formats nothing else. */
const forSlack = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** A zero-width space behind @ calls nobody; a backslash takes its meaning from a mark. */
const forMarkdown = (text: string): string => text.replace(/@/g, '@\u200b').replace(/[\\`*_{}[\]()#+!|~<>]/g, '\\$&')

/** What Discord takes: it refuses the whole message otherwise. */
const MOST_DISCORD_TEXT = 2000
const MOST_DISCORD_VALUE = 1024

/** For Discord: as much of the text as fits with its backslashes; none of them is parted from its mark. */
function cut(begin: string, text: string, most: number): string {
  let result = begin
  for (const character of text) {
    const more = forMarkdown(character)
    if (result.length + more.length >= most) return `${result}…`
    result += more
  }
  return result
}

/** The body of one notice. `chat`: of Telegram. */
export function bodyOf(type: ChatType, notice: Notice, chat: string | number | null = null): Record<string, unknown> {
  const kind = kindOf(notice)
  const line = lineOf(notice)
  const color = `#${COLORS[kind].toString(16).padStart(6, '0')}`
  switch (type) {
    case 'slack':
      return {
        text: `${SIGNS[kind]} ${forSlack(line)}`,
        mrkdwn: false,
        attachments: [{ color, fallback: forSlack(line), fields: fieldsOf(notice, forSlack), mrkdwn_in: [] }],
      }
    case 'mattermost':
      return {
        username: 'rxgst',
        text: `${SIGNS[kind]} ${forMarkdown(line)}`,
        attachments: [{ color, fallback: line, fields: fieldsOf(notice, forMarkdown) }],
      }
    case 'discord':
      return {
        username: 'rxgst',
        content: cut(`${SIGNS[kind]} `, line, MOST_DISCORD_TEXT),
        allowed_mentions: { parse: [] },
        embeds: [
          {
            color: COLORS[kind],
            timestamp: new Date(notice.alert.clearedAt ?? notice.alert.raisedAt).toISOString(),
            fields: fieldsOf(notice, text => cut('', text, MOST_DISCORD_VALUE)).map(({ title, value }) => ({
              ...{ name: title, value, inline: true },
            })),
          },
        ],
      }
    case 'telegram':
      // Without `parse_mode`, the text is plain.
      return { chat_id: chat, text: `${SIGNS[kind]} ${line}`, link_preview_options: { is_disabled: true } }
  }
}

function fieldsOf(
  { event, alert }: Notice,
  plain: (text: string) => string,
): { title: string; value: string; short: boolean }[] {
  if (event === 'test') return []
  const rows = [
    ['Channel', alert.channel],
    ['Rule', alert.rule],
    ['Since', new Date(alert.raisedAt).toISOString()],
  ] as const
  // An alert of the server as a whole has no channel, and Discord takes no field that is empty.
  return rows.filter(([, value]) => value !== '').map(([title, value]) => ({ title, value: plain(value), short: true }))
}

/** A mail: its subject has no line break. */
export function mailOf(notice: Notice): { subject: string; text: string } {
  const line = lineOf(notice).replace(/[\r\n]+/g, ' ')
  const { alert } = notice
  const rows =
    notice.event === 'test'
      ? []
      : [
          ...(alert.channel === '' ? [] : [`Channel: ${alert.channel}`]),
          `Rule: ${alert.rule} (${alert.metric})`,
          `Severity: ${alert.severity}`,
          `Since: ${new Date(alert.raisedAt).toISOString()}`,
          ...(alert.clearedAt === null ? [] : [`Until: ${new Date(alert.clearedAt).toISOString()}`]),
          `Worst value: ${alert.peak}`,
        ]
  return { subject: `rxgst: ${line}`.slice(0, 200), text: [line, '', ...rows, ''].join('\n') }
}
