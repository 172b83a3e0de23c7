/**
 * Watches streams: alerts to the terminal and to a webhook, metrics for Prometheus.
 *
 *   stream ─▶ RTMPCapture ┐               ┌▶ alerts$ ─▶ terminal, webhook
 *   stream ─▶ RTMPCapture ┴▶ StreamMonitor ┴▶ prometheus() ─▶ http://localhost:9464/metrics
 *
 *   node dist/examples/monitor.js name=rtmp://localhost/live/camera …
 *
 * METRICS_PORT (9464), WEBHOOK_URL, WEBHOOK_SECRET, PACKETS_ONLY=1: no decoding, for hundreds of streams.
 */
import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { RTMPCapture, RxGstError, StreamMonitor, webhook, type MetricName } from 'rxgst'

const { METRICS_PORT = '9464', WEBHOOK_URL, WEBHOOK_SECRET = '', PACKETS_ONLY } = process.env
const PACKETS: MetricName[] = [
  'bitrate',
  'fps',
  'lateness',
  'droppedFrames',
  'jitter',
  'keyframeInterval',
  'avDrift',
  'noData',
  'reconnects',
  'uptime',
]
const stop = new AbortController()
const { signal } = stop

const monitor = new StreamMonitor(PACKETS_ONLY ? PACKETS : undefined)
monitor.alerts$.subscribe(({ severity, clearedAt, message }) =>
  console.log(clearedAt === null ? severity : 'clear', message),
)
const sender = WEBHOOK_URL ? webhook({ url: WEBHOOK_URL, secret: WEBHOOK_SECRET, logger: console }) : null
if (sender) monitor.alerts$.subscribe(sender)

/** A live capture reconnects by itself; before that, this function tries again. */
async function watch(name: string, url: string): Promise<void> {
  while (!signal.aborted) {
    const capture = new RTMPCapture(url, { decode: !PACKETS_ONLY, signal })
    try {
      await capture.start()
      monitor.attachStream(capture, name)
      console.log(`${name} is live`)
      return
    } catch (error) {
      if (!(error instanceof RxGstError) || error.fault === 'options')
        return signal.aborted ? undefined : Promise.reject(error)
      console.log(`${name}: ${error.code}, again in 5 s`)
      await setTimeout(5000, null, { signal }).catch(() => {})
    }
  }
}

const server = createServer(async ({ url }, response) => {
  if (url !== '/metrics') return void response.writeHead(404).end()
  response.setHeader('content-type', monitor.contentType)
  response.end(await monitor.prometheus())
}).listen(Number(METRICS_PORT), () => console.log(`http://localhost:${METRICS_PORT}/metrics`))

process.once('SIGINT', async () => {
  monitor[Symbol.dispose]()
  stop.abort() // stops the captures
  server.close()
  await sender?.[Symbol.asyncDispose]()
})

// name=url: messages and labels show the name, because the URL contains the stream key.
for (const stream of process.argv.slice(2))
  void watch(stream.slice(0, stream.indexOf('=')), stream.slice(stream.indexOf('=') + 1))
