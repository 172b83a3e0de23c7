/**
 * Publishes over RTMPS and plays it again, in a process that trusts another certificate than its machine: run by
 * tls.test.ts.
 */
import { gst, run } from '../../../src/index'
import { sleep } from '../../support/until'
import { playing, publishing } from './graphs'

async function main(url: string): Promise<void> {
  const sender = run(publishing(url))
  await sender.start()
  const player = run(playing(url))
  let pictures = 0
  const enough = new Promise<void>(resolve => {
    player.frames$('video').subscribe(frame => {
      frame.close()
      if (++pictures === 60) resolve()
    })
  })
  await player.start()
  await enough
  const wrongHost = run(gst`rxrtmpsrc name=s location=${url.replace('localhost', '127.0.0.1')} s.video ! fakesink`)
  const message = await wrongHost.start().then(
    () => 'it started',
    (error: Error) => error.message,
  )
  console.log(`${sender.state.phase}, ${player.state.phase}, ${pictures} pictures; ${message}`)
  await Promise.all([player, sender, wrongHost].map(p => p.stop()))
  // A goodbye is said within a second; a process that ends before takes it with it.
  // In steps, so that a process that stands still for so long has its time afterwards.
  for (let i = 0; i < 15; i++) await sleep(100)
}

if (require.main === module) void main(process.argv[2]!)
