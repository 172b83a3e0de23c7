/**
 * A JPEG of the stream every second, encoded natively; JavaScript writes the files.
 *
 *   rtmp2src ─ flvdemux ─ h264parse ─ avdec_h264 ─ videorate ─ videoscale ─ jpegenc ─ appsink jpeg
 *                                                                                         │ packets$
 *   thumbnail-0.jpg, thumbnail-1.jpg … ◀── mapAsync(writeFile) ◀──────────────────────────┘
 *
 *   node dist/examples/thumbnails.js [from] [folder]
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lastValueFrom } from 'rxjs'
import { appSink, branch, caps, chain, el, mapAsync, pipeline, queue, run, type Packet } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', folder = '.'] = process.argv.slice(2)

const graph = pipeline(
  chain(el('rtmp2src', { location: from }), el('flvdemux', { name: 'in' })),
  branch(
    'in.video',
    queue(),
    el('h264parse'),
    el('avdec_h264'),
    // First the rate, then the size, then JPEG: each step has less work.
    el('videorate', { dropOnly: true }),
    caps('video/x-raw', { framerate: '1/1' }),
    el('videoscale'),
    caps('video/x-raw', { width: 160, height: 90 }),
    el('jpegenc', { quality: 80 }),
    appSink('jpeg', { sync: false }),
  ),
)

let count = 0
async function save({ data, timestamp }: Packet): Promise<void> {
  const file = join(folder, `thumbnail-${count++}.jpg`)
  await writeFile(file, data)
  console.log(`${file}: ${data.length} bytes, at ${((timestamp ?? 0) / 1e6).toFixed(2)} s`)
}

async function main(): Promise<void> {
  await using running = run(graph)
  process.once('SIGINT', () => void running.stop())
  const saved = lastValueFrom(running.packets$('jpeg').pipe(mapAsync(save)), { defaultValue: null })
  await running.start()
  await saved
}

void main()
