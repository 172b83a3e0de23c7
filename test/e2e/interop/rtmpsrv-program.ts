/** Plays from librtmp's own server, or publishes to it, in a network of its own: run by servers.ts. */
import { start } from '../../support/child'
import { listens } from '../../support/peers/ports'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'
import { playedAt, PLAYS, publishedAt, PUBLISHES } from './row'
import { codeOf } from './servers'

const URL = 'rtmp://127.0.0.1/live/one'
/** Far more than its client's commands: it does not say what a packet is. */
const PACKETS = 60

async function main(role: string): Promise<void> {
  // It reads commands, and must not come to their end. What a player wants it fetches itself, into a file.
  await using server = start('sh', ['-c', 'sleep 60 | /usr/sbin/rtmpsrv -z 2>&1'], { cwd: tempDir() })
  await until(() => !server.running || listens(1935), { what: 'rtmpsrv' })
  const said =
    role === 'play'
      ? await codeOf(playedAt(URL), PLAYS)
      : await codeOf(
          publishedAt(URL, () => server.output().split('RTMP_ReadPacket: fd').length > PACKETS),
          PUBLISHES,
        )
  console.log(said)
}

if (require.main === module) void main(process.argv[2]!).then(() => process.exit())
