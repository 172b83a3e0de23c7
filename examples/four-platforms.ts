/**
 * One stream to four platforms by copy: nothing is decoded, so it costs next to nothing.
 *
 *   camera ──┐            ┌▶ one
 *            ├▶ Relay ────┼▶ two
 *   backup ──┘            ├▶ three
 *                         └▶ four
 *
 * Where the camera is lost, the backup takes over within half a second, and the platforms stay connected. A platform
 * that is slow, or refuses, does not disturb the others.
 *
 *   node dist/examples/four-platforms.js [camera backup] [to …]
 */
import { once } from 'node:events'
import { Relay } from 'rxgst'

const [camera = 'rtmp://localhost/live/camera', backup = 'rtmp://localhost/live/backup', ...given] =
  process.argv.slice(2)
const to = given.length > 0 ? given : ['one', 'two', 'three', 'four'].map(name => `rtmp://localhost/live/${name}`)

async function main(): Promise<void> {
  await using relay = new Relay([camera, backup], to, { reconnect: { first: true }, holdBack: 10_000 })
  relay.inputs.forEach(({ state$ }, i) => {
    state$.subscribe(({ phase, reason }) => console.log(`input ${i + 1}: ${phase}${reason ? `, ${reason}` : ''}`))
  })
  relay.targets.forEach(({ state$ }, i) => {
    state$.subscribe(({ phase, reason }) => console.log(`target ${i + 1}: ${phase}${reason ? `, ${reason}` : ''}`))
  })
  const interrupted = once(process, 'SIGINT')
  await Promise.race([relay.start(), interrupted]) // an input and the first target are live
  console.log(relay.info?.video?.codec, relay.info?.audio?.codec)

  await interrupted
  const { packets, droppedNetwork, reconnects, switches } = relay.stats()
  console.log(`${packets} packets, ${droppedNetwork} lost, ${reconnects} reconnects, ${switches} changes of the input`)
}

void main()
