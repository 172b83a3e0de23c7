/** `rxgst snapshot`, `rxgst record` and `rxgst relay`. */
import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Command } from 'commander'
import { merge, lastValueFrom } from 'rxjs'
import { Capture, Output, record, Relay, writeTo, type RecordOptions, type StreamState } from 'rxgst'
import { EXIT } from './exit.js'
import { abortOnInterrupt, fail, Progress, streamKeyOf, wrongOption } from './output.js'

const LOOK_MS = 1000

interface Json {
  readonly json?: boolean
}

export function registerSnapshot(program: Command): void {
  program
    .command('snapshot <url> <file>')
    .description('saves a picture of a stream as .jpg or .png')
    .option('--width <pixels>', 'scales it')
    .option('--json', 'the result as JSON')
    .action(async (url: string, file: string, given: Json & { width?: string }) => {
      process.exitCode = await snapshot(url, file, given)
    })
}

export function registerRecord(program: Command): void {
  program
    .command('record <url> <folder>')
    .description('records a stream as it comes, until Ctrl-C')
    .option('--segment <time>', "length of a file, such as '10m'", '10m')
    .option('--format <name>', 'mp4, flv or ts', 'mp4')
    .option('--keep <time>', "removes files that are older, such as '7d'")
    .option('--max-size <size>', "removes the oldest files above it, such as '200G'")
    .option('--json', 'each file as a JSON line')
    .action(async (url: string, folder: string, given: RecordGiven) => {
      process.exitCode = await recordStream(url, folder, given)
    })
}

export function registerRelay(program: Command): void {
  program
    .command('relay <in> <out...>')
    .description('sends a stream to other places: encoded anew, with a picture when nothing comes; --copy as it is')
    .option('--copy', 'copies the packets, and decodes nothing')
    .option('--fill <kind>', 'with nothing from the input: none or repeat', 'repeat')
    .option('--bitrate <rate>', 'of the encoder', '4M')
    .option('--json', 'states as JSON lines')
    .action(async (input: string, outputs: readonly string[], given: RelayGiven) => {
      process.exitCode = await relay(input, outputs, given)
    })
}

async function snapshot(
  url: string,
  file: string,
  { width, json = false }: Json & { width?: string },
): Promise<number> {
  const interrupt = abortOnInterrupt()
  const progress = new Progress()
  let capture: Capture | null = null
  try {
    const type = extname(file).toLowerCase()
    if (!['.jpg', '.jpeg', '.png'].includes(type)) throw wrongOption('the file ends with .jpg or .png')
    capture = new Capture(url, {
      decode: false,
      reconnect: false,
      signal: interrupt.signal,
      ...streamKeyOf(process.env),
    })
    progress.say('Connecting to the stream …')
    await capture.start()
    progress.say('Waiting for a keyframe …')
    const format = type === '.png' ? 'png' : 'jpeg'
    const picture = await capture.snapshot({ format, ...(width !== undefined && { width: Number(width) }) })
    await writeFile(file, picture)
    progress.end()
    process.stdout.write(json ? `${JSON.stringify({ file, bytes: picture.length })}\n` : `${file}\n`)
    return EXIT.good
  } catch (error) {
    progress.end()
    return fail(error, json)
  } finally {
    await capture?.stop()
    interrupt.end()
  }
}

interface RecordGiven extends Json {
  readonly segment: string
  readonly format: string
  readonly keep?: string
  readonly maxSize?: string
}

async function recordStream(url: string, folder: string, given: RecordGiven): Promise<number> {
  const { segment, format, keep, maxSize, json = false } = given
  const interrupt = abortOnInterrupt()
  const progress = new Progress()
  let capture: Capture | null = null
  try {
    const options = { segment, format, ...(keep && { keep }), ...(maxSize && { maxSize }) } as RecordOptions
    const target = record(folder, options)
    capture = new Capture(url, { decode: false, reconnect: { first: true }, ...streamKeyOf(process.env) })
    const recording = capture.record(target)
    recording.recording$.subscribe(file => {
      progress.end()
      process.stdout.write(json ? `${JSON.stringify(file)}\n` : `${file.path}\n`)
    })
    progress.say('Connecting to the stream …')
    await started(capture, interrupt.signal)
    await until(interrupt.signal, capture, () => {
      const { packets, written, dropped } = recording.stats()
      progress.say(`${capture!.state.phase}: ${packets} packets, ${(written / 1e6).toFixed(1)} MB, ${dropped} lost`)
    })
    progress.say('Finishing the file …')
    await capture.stop()
    progress.end()
    return recording.state.phase === 'failed' ? EXIT.refused : EXIT.good
  } catch (error) {
    progress.end()
    return interrupt.signal.aborted ? EXIT.good : fail(error, json)
  } finally {
    await capture?.stop()
    interrupt.end()
  }
}

/** start(), which ends with the signal. */
async function started(stream: { start(): Promise<void>; stop(): Promise<void> }, signal: AbortSignal): Promise<void> {
  const stop = (): void => void stream.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await stream.start()
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Until Ctrl-C, or until the stream has failed or ended. */
function until(signal: AbortSignal, stream: { readonly state: StreamState }, look: () => void): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearInterval(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setInterval(() => {
      look()
      if (stream.state.phase === 'failed' || stream.state.phase === 'stopped') end()
    }, LOOK_MS)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}

interface RelayGiven extends Json {
  readonly copy?: boolean
  readonly fill: string
  readonly bitrate: string
}

async function relay(input: string, outputs: readonly string[], given: RelayGiven): Promise<number> {
  const { json = false } = given
  const interrupt = abortOnInterrupt()
  const progress = new Progress()
  try {
    if (given.fill !== 'none' && given.fill !== 'repeat') throw wrongOption('--fill is none or repeat')
    const run = given.copy ? copy : encode
    return await run(input, outputs, { ...given, fill: given.fill }, interrupt.signal, (state, line) => {
      if (json) process.stdout.write(`${JSON.stringify({ at: Date.now(), ...state })}\n`)
      else progress.say(line)
    })
  } catch (error) {
    progress.end()
    return interrupt.signal.aborted ? EXIT.good : fail(error, json)
  } finally {
    progress.end()
    interrupt.end()
  }
}

type Tell = (state: object, line: string) => void
type Checked = Omit<RelayGiven, 'fill'> & { readonly fill: 'none' | 'repeat' }

async function copy(
  input: string,
  outputs: readonly string[],
  { fill }: Checked,
  signal: AbortSignal,
  tell: Tell,
): Promise<number> {
  await using stream = new Relay({ url: input, ...streamKeyOf(process.env) }, outputs, {
    fill,
    reconnect: { first: true },
  })
  tell({ phase: 'connecting' }, 'Waiting for the input and for a target …')
  await started(stream, signal)
  await until(signal, stream, () => {
    const { packets, droppedNetwork, queueMs } = stream.stats()
    const targets = stream.targets.map(({ url, state }) => ({ url, phase: state.phase, reason: state.reason }))
    const live = targets.filter(({ phase }) => phase === 'live').length
    tell(
      { phase: stream.state.phase, packets, dropped: droppedNetwork, queueMs: Math.round(queueMs), targets },
      `${stream.state.phase}: ${packets} packets, ${live} of ${targets.length} targets live, ${droppedNetwork} lost`,
    )
  })
  return stream.state.phase === 'failed' ? EXIT.refused : EXIT.good
}

async function encode(
  input: string,
  outputs: readonly string[],
  { fill, bitrate }: Checked,
  signal: AbortSignal,
  tell: Tell,
): Promise<number> {
  await using capture = new Capture(input, { reconnect: { first: true }, ...streamKeyOf(process.env) })
  tell({ phase: 'connecting' }, 'Waiting for the input …')
  await started(capture, signal)
  const video = capture.info?.video
  if (!video) throw wrongOption('the stream has no pictures: with --copy it is copied as it is')
  const even = (side: number): number => side - (side % 2)
  const fps = video.fps >= 1 && video.fps <= 120 ? video.fps : 30
  await using output = new Output([...outputs], {
    ...{ width: even(video.width), height: even(video.height), fps, bitrate, fill },
    reconnect: { first: true },
  })
  tell({ phase: 'connecting' }, 'Waiting for a target …')
  // Frames during the connect would delay what follows.
  const discard = capture.frames$.subscribe({ next: frame => frame.close(), error: () => {} })
  await started(output, signal)
  discard.unsubscribe()
  const written = lastValueFrom(merge(capture.frames$, capture.audio$).pipe(writeTo(output)), { defaultValue: null })
  written.catch(() => {})
  await until(signal, capture, () => {
    const { packets, repeated, droppedNetwork } = output.stats()
    const targets = output.targets.map(({ url, state }) => ({ url, phase: state.phase, reason: state.reason }))
    const live = targets.filter(({ phase }) => phase === 'live').length
    tell(
      { phase: capture.state.phase, packets, repeated, dropped: droppedNetwork, targets },
      `${capture.state.phase}: ${live} of ${targets.length} targets live, ${repeated} filled, ${droppedNetwork} lost`,
    )
  })
  return capture.state.phase === 'failed' && capture.state.reason !== 'ERR_STREAM_ENDED' ? EXIT.refused : EXIT.good
}
