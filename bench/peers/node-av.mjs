// node-av: FFmpeg's libraries bound by N-API. Demuxer → Decoder → Scaler, its own documented way to RGB.
import { finish, take, url } from './lib.mjs'

// It calls a function of Node 22 without asking for Node 22.
Promise.withResolvers ??= () => {
  const parts = {}
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }))
  return parts
}
const { Decoder, Demuxer, Scaler } = await import('node-av/api')
const { SWS_FAST_BILINEAR } = await import('node-av/constants')

const input = await Demuxer.open(url)
const stream = input.video()
const decoder = await Decoder.create(stream, { options: { threads: 'auto' } })
const scaler = new Scaler({ flags: SWS_FAST_BILINEAR })
for await (const frame of decoder.frames(input.packets(stream.index))) {
  if (!frame) continue
  // Synchronous: the asynchronous call goes through the thread pool for every picture and was slower.
  take(scaler.toBufferSync(frame, { format: 'rgb' }))
  frame.free()
}
finish()
process.exit(0)
