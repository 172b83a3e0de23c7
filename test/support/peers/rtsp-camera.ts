import { resolve } from 'node:path'
import { start, type Child } from '../child'
import { until } from '../until'

export interface CameraOptions {
  /** gst-launch text of its media, with payloaders pay0 and pay1. */
  readonly launch: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  /** false: the basic login. Default true. */
  readonly digest?: boolean
  /** The transport that it gives; the other one it refuses. Default: both. */
  readonly transport?: 'tcp' | 'udp'
  /** Certificate and key, PEM files. */
  readonly tls?: readonly [string, string]
}

/** kill('SIGSTOP') freezes a camera, kill('SIGKILL') pulls its plug. */
export interface Camera extends Child {
  readonly port: number
  /** The address of its stream, with a login where one is given. */
  url(login?: string): string
}

/** gst-rtsp-server, as a camera: Debian's python, for it alone knows Debian's introspection. */
export async function startCamera(options: CameraOptions): Promise<Camera> {
  const script = resolve(__dirname, '../../../../test/support/peers/rtsp_camera.py')
  const child = start('/usr/bin/python3', [script, JSON.stringify(options)])
  const port = () => Number(/^port (\d+)/m.exec(child.output())?.[1] ?? 0)
  await until(() => port() > 0 || !child.running, { timeout: 20_000, what: () => `the camera\n${child.errors()}` })
  if (port() === 0) throw new Error(`the camera did not start\n${child.errors()}`)
  const scheme = options.tls ? 'rtsps' : 'rtsp'
  const url = (login = ''): string => `${scheme}://${login === '' ? '' : `${login}@`}127.0.0.1:${port()}/camera`
  return Object.defineProperties({ url } as Camera, {
    ...Object.getOwnPropertyDescriptors(child),
    port: { get: port },
  })
}

/** Media of a camera: a file's packets, at their pace. */
export function fileMedia(
  file: string,
  { audio = true, hevc = false }: { audio?: boolean; hevc?: boolean } = {},
): string {
  const picture = hevc ? 'h265parse ! rtph265pay config-interval=-1' : 'h264parse ! rtph264pay config-interval=-1'
  const sound = audio ? 'd.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97' : ''
  return `( filesrc location=${file} ! qtdemux name=d d.video_0 ! queue ! ${picture} name=pay0 pt=96 ${sound} )`
}

/** Live media of a camera: a pattern without end, and a tone by `sound`'s encoder and payloader. */
export function liveMedia(sound = ''): string {
  const picture =
    'videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=25/1 ! ' +
    'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! video/x-h264,profile=baseline ! ' +
    'rtph264pay name=pay0 pt=96 config-interval=-1'
  const tone = sound === '' ? '' : `audiotestsrc is-live=true freq=440 ! audioconvert ! audioresample ! ${sound}`
  return `( ${picture} ${tone} )`
}
