/**
 * RTMP in, drawing in JavaScript, RTMP out.
 *
 *   createProgramme ─▶ RTMPOutput ─▶ server ─▶ RTMPCapture ─▶ drawBanner ─▶ RTMPOutput ─▶ server ─▶ your player
 *   └── without --in ────────────┘  (--in)                                              (--out)
 *
 * In short:
 *
 *   merge(capture.frames$.pipe(tap(draw)), capture.audio$).pipe(writeTo(output)).subscribe()
 */
import { lastValueFrom, merge, tap } from 'rxjs'
import { RTMPCapture, RTMPOutput, RxGstError, writeTo, type RTMPCaptureOptions, type VideoFrame } from 'rxgst'
import { ERRORS } from '../src/core/errors'
import { drawBanner } from './lib/banner'
import { broadcast } from './lib/broadcast'
import { HELP, parseCommandLine, type RelayOptions } from './lib/command-line'
import type { LocalServer, StartServer } from './lib/local-server'
import { readNumber } from './lib/number-strip'
import { createProgramme } from './lib/programme'
import { RelayError } from './lib/relay-error'
import { openScreen, type Screen } from './lib/screen'
import { StatusMeter, type Status } from './lib/status'

/** Longest time to stop, ms; normally much less. A peer that hangs is abandoned after it. */
const STOP_DEADLINE = 4_500
/** Number of frames whose drawing time is stored: half a minute, much more than any delay. */
const REMEMBERED = 1024

/** Runs the relay to its end; returns the exit code. A stream without --in or --out goes through a server of ours. */
export async function main(args: readonly string[], startServer: StartServer): Promise<number> {
  let screen: Screen | null = null
  let latencyName = 'latency'
  const abort = new AbortController()
  const stop = (): void => {
    // A second Ctrl-C ends at once.
    if (abort.signal.aborted) process.exit(130)
    abort.abort()
  }
  try {
    const options = parseCommandLine(args)
    if (options === 'help') {
      process.stdout.write(HELP)
      return 0
    }
    process.on('SIGINT', stop).on('SIGTERM', stop)
    // The reader of the status has closed, as in `npm start | head`.
    process.stdout.on('error', stop)
    screen = openScreen(() => latencyName)
    if (options.source !== null) latencyName = 'network to JS'
    await relay(options, screen, abort, startServer)
    return 0
  } catch (error) {
    screen?.end()
    process.stderr.write(`${explain(error)}\n`)
    return isCommandLine(error) ? 2 : 1
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

async function relay(
  options: RelayOptions,
  screen: Screen,
  abort: AbortController,
  startServer: StartServer,
): Promise<void> {
  const { signal } = abort
  const { source, targets, size, transport } = options
  const streams: { stop(): Promise<void> }[] = []
  let server: LocalServer | null = null
  let timer: NodeJS.Timeout | undefined
  try {
    // The constructors check the command line's values before anything runs.
    const common = { transport, signal }
    const captureOptions: RTMPCaptureOptions = { ...common, ...size, ...(options.fps !== null && { fps: options.fps }) }
    if (source !== null) new RTMPCapture(source, captureOptions)
    const shape = { width: 1280, height: 720, fps: 30, ...size, ...(options.fps !== null && { fps: options.fps }) }
    new RTMPOutput(targets.length > 0 ? targets : 'rtmp://localhost/live/relay', {
      ...shape,
      transport,
      bitrate: options.bitrate,
    })

    const own = [...(source === null ? ['programme'] : []), ...(targets.length === 0 ? ['relay'] : [])]
    if (own.length > 0) screen.say('Starting the server …')
    if (own.length > 0) server = await startServer({ port: options.port, streams: own, signal })
    const sourceUrl = source ?? server!.url('programme')
    const targetUrls = targets.length > 0 ? targets : [server!.url('relay')]
    introduce(screen, options, sourceUrl, targetUrls, server)

    const drawnAt = new Float64Array(REMEMBERED)
    if (source === null) {
      const publisher = new RTMPOutput(sourceUrl, { ...common, ...shape, bitrate: options.bitrate })
      streams.push(publisher)
      await publisher.start()
      const onDrawn = (n: number): void => void (drawnAt[n % REMEMBERED] = performance.now())
      broadcast(createProgramme(shape), publisher, { ...shape, signal, onDrawn }).catch((error: unknown) => {
        if (!signal.aborted) screen.say(`The test programme ended: ${explain(error)}`)
      })
    }

    const capture = new RTMPCapture(sourceUrl, captureOptions)
    streams.push(capture)
    await capture.start()
    const video = capture.info?.video
    if (!video) throw new RelayError('the stream carries no pictures: there is nothing to draw on')

    const output = new RTMPOutput(targetUrls, {
      ...common,
      ...(size ?? { width: video.width, height: video.height }),
      fps: options.fps ?? (video.fps >= 1 && video.fps <= 120 ? video.fps : 30),
      bitrate: options.bitrate,
    })
    streams.push(output)
    // Frames during the output's connect would wait, and delay the relay for some seconds: they are closed at once.
    const discard = capture.frames$.subscribe({ next: frame => frame.close(), error: () => {} })
    await output.start()
    discard.unsubscribe()
    watchTargets(output, targetUrls, screen, signal)

    const meter = new StatusMeter(capture, output)
    let status: Status | null = null
    const draw = (frame: VideoFrame): void => {
      meter.add(ageOf(frame, source === null ? drawnAt : null))
      drawBanner(frame, frame.timestamp / 1e6, news(status))
    }
    timer = setInterval(() => {
      if (!signal.aborted) screen.status((status = meter.look()))
    }, 1000)
    if (options.seconds !== null) setTimeout(() => abort.abort(), options.seconds * 1000).unref()

    const drawn = capture.frames$.pipe(tap(draw))
    await lastValueFrom(merge(drawn, capture.audio$).pipe(writeTo(output)), { defaultValue: null })
  } catch (error) {
    // After an abort, errors are expected.
    if (!signal.aborted) throw error
  } finally {
    clearInterval(timer)
    screen.end()
    abort.abort()
    await stopAll(streams)
    await server?.close()
  }
}

/**
 * Age of a frame, ms: for our own programme since its drawing (by the number in the frame), otherwise since its arrival
 * from the network.
 */
function ageOf(frame: VideoFrame, drawnAt: Float64Array | null): number {
  const number = drawnAt && readNumber(frame)
  return performance.now() - (drawnAt && number !== null ? drawnAt[number % REMEMBERED]! : frame.arrivalTime)
}

/** The ticker's text; its length must not change. */
function news(status: Status | null): string {
  const latency = status?.latency == null ? '---' : status.latency.toFixed(0).padStart(3)
  const fps = status === null ? '--.-' : status.fpsIn.toFixed(1).padStart(4)
  return `drawn on in JavaScript  >  ${fps} fps  >  latency ${latency} ms  >  gstreamer decodes and encodes`
}

/** One target can fail while the others continue. */
function watchTargets(output: RTMPOutput, urls: readonly string[], screen: Screen, signal: AbortSignal): void {
  output.targets.forEach(({ state$ }, i) => {
    state$.subscribe(({ phase, reason }) => {
      if (phase === 'live' || reason === null || signal.aborted) return
      screen.say(`target ${i + 1} of ${urls.length} (${hostOf(urls[i]!)}): ${phase}, ${reason}`)
      screen.event({ event: 'target', target: i, phase, reason })
    })
  })
}

function introduce(
  screen: Screen,
  options: RelayOptions,
  source: string,
  targets: readonly string[],
  server: LocalServer | null,
): void {
  const lines: string[] = []
  const port = server?.port ?? null
  if (server) {
    const moved = port === options.port ? '' : ` (${options.port} is taken)`
    lines.push(`RTMP server on 127.0.0.1:${port}${moved}, for this machine alone.`)
  }
  if (options.source === null) lines.push('Publishing a test programme with RTMPOutput; taking it with RTMPCapture;')
  else lines.push(`Taking a stream from ${hostOf(source)} with RTMPCapture;`)
  const where = options.targets.length === 0 ? 'as a second stream' : `to ${targets.map(hostOf).join(', ')}`
  lines.push(`drawing on every picture in JavaScript; sending it out ${where}.`)
  const watch: Record<string, string> = {}
  if (options.source === null) watch.programme = source
  if (options.targets.length === 0) watch.relay = targets[0]!
  // Only URLs of the embedded server: another URL can contain a stream key.
  if (server) lines.push('', 'Watch in a browser, with all figures:', `  ${server.page}`, '', 'Or with ffplay or VLC:')
  for (const [name, url] of Object.entries(watch)) {
    const label = name === 'relay' ? 'relayed' : 'original'
    lines.push(`  ${label.padEnd(9)} ffplay -fflags nobuffer -flags low_delay ${url}`)
    lines.push(`  ${''.padEnd(9)} vlc --network-caching=300 ${url}`)
  }
  const end = options.seconds === null ? 'Ctrl-C ends it.' : `Ends after ${options.seconds} s.`
  screen.say([...lines, '', end].join('\n'))
  screen.event({ event: 'start', ...watch, port, from: hostOf(source), to: targets.map(hostOf) })
}

/** Without application, key, user name and password. */
function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return 'the server'
  }
}

/** Stops all streams at once, within the deadline. */
async function stopAll(streams: readonly { stop(): Promise<void> }[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>(resolve => (timer = setTimeout(resolve, STOP_DEADLINE)))
  await Promise.race([Promise.allSettled(streams.map(stream => stream.stop())), deadline])
  clearTimeout(timer)
}

/** One line. */
function explain(error: unknown): string {
  if (error instanceof RxGstError)
    return `${error.code}: ${error.message.replace(/\s*\n\s*/g, ' ')}. ${ERRORS[error.code].remedy}`
  if (error instanceof RelayError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Errors in options come from the command line too. */
function isCommandLine(error: unknown): boolean {
  if (error instanceof RelayError) return error.exitCode === 2
  return (
    error instanceof RxGstError &&
    (error.code === 'ERR_URL' || error.code === 'ERR_OPTION' || error.code === 'ERR_NAME_TAKEN')
  )
}
