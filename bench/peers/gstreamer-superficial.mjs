// gstreamer-superficial: a launch line, an appsink pulled by a worker, a copy per buffer.
import { createRequire } from 'node:module'
import { finish, take, url } from './lib.mjs'

const gstreamer = createRequire(import.meta.url)('gstreamer-superficial')
const { hostname, port, pathname } = new URL(url)
const [, application, stream] = pathname.split('/')
const pipeline = new gstreamer.Pipeline(
  `rtmp2src host=${hostname} port=${port} application=${application} stream=${stream} ! flvdemux name=d ` +
    'd.video ! queue ! h264parse ! avdec_h264 thread-type=frame ! videoconvert n-threads=2 ! ' +
    'video/x-raw,format=RGB ! appsink name=sink sync=false max-buffers=4 ' +
    'd.audio ! queue ! fakesink sync=false async=false',
)
const sink = pipeline.findChild('sink')
const pull = () =>
  sink.pull(buffer => {
    // No buffer and no caps: the end.
    if (!buffer) {
      finish()
      process.exit(0)
    }
    take(buffer)
    pull()
  })
pipeline.play()
// The first call brings the caps beside the first buffer.
pull()
