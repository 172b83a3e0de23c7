import { RTMPCapture } from '../../src/index'
import { makeFile } from '../support/ffmpeg'
import { startRtmpServer, type Behaviour, type Ending } from '../support/rtmp-server'
import { suite } from '../support/suite'
import { tempFile } from '../support/temp'
import { until } from '../support/until'
import { CYCLES, leavesNothing } from './leaks'

const test = suite('capture: leaks over reconnects', { timeout: 90_000 })

// scripts/cycles.mjs reconnects is the long form.
test(`${CYCLES} reconnects of one capture leave no thread and no file behind`, async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, gop: 25, duration: 0.4 })
  const play = (then: Ending): Behaviour => ({ kind: 'serve-file', file, pace: 'full', then })
  const turns: Behaviour[] = [play('fin'), play('rst'), { kind: 'handshake-silent' }, { kind: 'reject-play' }, play('freeze')]
  await using server = await startRtmpServer(index => turns[index % turns.length]!)
  await using capture = new RTMPCapture(server.url(), { reconnect: { initialDelay: 1, maxDelay: 1 }, stallTimeout: 300, connectTimeout: 400 })
  capture.framesWithAudio$.subscribe(({ frame }) => frame.close())
  await capture.start()
  let count = 1
  await leavesNothing(async () => {
    count++
    await until(() => server.connections.length >= count)
    // A server that froze holds its end until it is told; what it holds is not measured.
    for (const { socket } of server.connections.slice(-8, -2)) socket.destroy()
  })
})

test.run()
