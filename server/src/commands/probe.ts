/** `rxgst probe` and `rxgst preflight`. */
import type { Command } from 'commander'
import { judge, readPlatform, sayValue, type PlatformRules } from '../probe/platform-rules.js'
import { probe, type ProbeOptions, type ProbeResult } from '../probe/probe.js'
import type { AudioFacts, Finding, VideoFacts } from '../probe/stream-facts.js'
import { EXIT } from './exit.js'
import { abortOnInterrupt, fail, Progress, streamKeyOf, wrongOption } from './output.js'

interface Given {
  readonly seconds?: string
  readonly json?: boolean
  readonly rules?: string
}

const common = (command: Command): Command =>
  command.option('--seconds <number>', 'how long it looks', '10').option('--json', 'the result as JSON')
const ENDS = '\nExit status: 0 nothing found, 4 warnings, 5 errors, 1 it did not work, 2 wrong arguments.'

export function registerProbe(program: Command): void {
  common(program.command('probe <url>'))
    .description('looks at a stream: codecs, size, rates, keyframes, loudness, and what is wrong with it')
    .addHelpText('after', ENDS)
    .action(async (url: string, given: Given) => {
      process.exitCode = await look(url, given, async result => result)
    })
}

export function registerPreflight(program: Command): void {
  common(program.command('preflight <url> <platform>'))
    .description('tells what youtube, twitch, facebook or kick will object to')
    .option('--rules <folder>', 'a folder with rules of your own: FOLDER/<platform>.json')
    .addHelpText('after', ENDS)
    .action(async (url: string, platform: string, given: Given) => {
      const read = (): Promise<PlatformRules> => readPlatform(platform, given.rules ?? null)
      const judged = async ({ facts, findings }: ProbeResult): Promise<Report> => {
        const rules = await read()
        // The platform says these in words of its own.
        const own = findings.filter(({ id }) => !['noPictures', 'noSound', 'keyframes'].includes(id))
        const { title, date, note = null } = rules
        return { title, date, note, facts, findings: [...judge(rules, facts), ...own] }
      }
      // A wrong name is told before ten seconds have passed.
      process.exitCode = await look(url, given, judged, read)
    })
}

interface Report extends ProbeResult {
  readonly title?: string
  readonly date?: string
  readonly note?: string | null
}

async function look(
  url: string,
  { seconds = '10', json = false }: Given,
  judged: (result: ProbeResult) => Promise<Report>,
  check: () => Promise<unknown> = async () => null,
): Promise<number> {
  const interrupt = abortOnInterrupt()
  const progress = new Progress()
  try {
    await check()
    const options: ProbeOptions = {
      seconds: secondsOf(seconds),
      signal: interrupt.signal,
      ...streamKeyOf(process.env),
      onProgress: (passed, of) => progress.say(`Looking at the stream: ${passed} of ${of} s`),
    }
    progress.say('Connecting to the stream …')
    const report = await judged(await probe(url, options))
    progress.end()
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report))
    return exitCodeOf(report.findings)
  } catch (error) {
    progress.end()
    return fail(error, json)
  } finally {
    interrupt.end()
  }
}

const MOST_SECONDS = 3600

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (seconds >= 1 && seconds <= MOST_SECONDS) return seconds
  throw wrongOption(`--seconds is a number from 1 to ${MOST_SECONDS}, and not '${text.slice(0, 20)}'`)
}

const exitCodeOf = (findings: readonly Finding[]): number => {
  if (findings.some(({ severity }) => severity === 'error')) return EXIT.errors
  return findings.some(({ severity }) => severity === 'warning') ? EXIT.warnings : EXIT.good
}

const SIGNS = { error: '✘', warning: '!', info: '·' } as const

export function textOf({ title, date, note, facts, findings }: Report): string {
  const lines = [`${facts.url}, ${facts.seconds} s`]
  lines.push(`  pictures  ${facts.video ? videoLine(facts.video) : 'none'}`)
  lines.push(`  sound     ${facts.audio ? audioLine(facts.audio) : 'none'}`)
  lines.push('')
  const of = title === undefined ? '' : `${title} (rules of ${date}): `
  lines.push(findings.length === 0 ? `${of}nothing to object to` : `${of}${findings.length} findings`)
  for (const { severity, id, message, source } of findings) {
    lines.push(`  ${SIGNS[severity]} ${id}: ${message}`)
    if (source !== null) lines.push(`      ${source}`)
  }
  if (note) lines.push('', note)
  return `${lines.join('\n')}\n`
}

function videoLine({ codec, profile, level, width, height, fps, bitrate, bFrames, ...rest }: VideoFacts): string {
  const kind = [codec, profile, level].filter(part => part !== null).join(' ')
  const { keyframeInterval: most, keyframeIntervalLeast: least } = rest
  const every =
    most === null ? 'fewer than two keyframes' : `a keyframe every ${least === most ? most : `${least} to ${most}`} s`
  const b = bFrames ? 'with B-frames' : 'no B-frames'
  return `${kind}, ${width} × ${height}, ${fps} fps, ${sayValue(bitrate, 'bit/s')}, ${every}, ${b}`
}

function audioLine({ codec, sampleRate, channels, bitrate, loudness }: AudioFacts): string {
  const heard = loudness === null ? '' : `, ${loudness.toFixed(1)} LUFS`
  return `${codec}, ${sayValue(sampleRate, 'Hz')}, ${channels} channels, ${sayValue(bitrate, 'bit/s')}${heard}`
}
