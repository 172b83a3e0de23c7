/** The socket by which one supervisor asks another to hand over its channels: `state/run/.control.sock`. */
import { rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { FrameSocket } from '../core/frames.js'
import { Problem } from '../core/problem.js'

type Ask = { readonly type: 'hand-over' }
type Answer = { readonly type: 'handed-over'; readonly error: string | null }

/** The old supervisor has channels to tell, an API to close. */
const HAND_OVER_DEADLINE_MS = 60_000

export class ControlSocket {
  private constructor(
    private readonly server: Server,
    private readonly path: string,
  ) {}

  /**
   * @param handOver what the other waits for; one at a time. It is given whether the other still waits, and rejects
   *   where it kept the channels
   */
  static listen(path: string, handOver: (waits: () => boolean) => Promise<void>): Promise<ControlSocket> {
    let begun = false
    const server = createServer(socket => {
      const frames = new FrameSocket<Ask, Answer>(socket, {
        onFrame: ({ type }) => {
          if (type !== 'hand-over' || begun) return
          begun = true
          handOver(() => frames.open).then(
            () => frames.send({ type: 'handed-over', error: null }) && frames.end(),
            (error: Error) => {
              begun = false
              if (frames.send({ type: 'handed-over', error: error.message })) frames.end()
            },
          )
        },
        onClose: () => {},
      })
    })
    // The lock of the folder is ours: a socket that is there is of nobody.
    rmSync(path, { force: true })
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, () => resolve(new ControlSocket(server, path)))
    })
  }

  close(): void {
    this.server.close()
    rmSync(this.path, { force: true })
  }
}

/** Asks the supervisor that runs; false: there is none. Rejects with Problem when it does not hand over. */
export function askHandOver(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const timer = setTimeout(() => socket.destroy(), HAND_OVER_DEADLINE_MS)
    let connected = false
    socket.once('error', () => {})
    socket.once('connect', () => {
      connected = true
      const frames = new FrameSocket<Answer, Ask>(socket, {
        onFrame: ({ type, error }) => {
          if (type !== 'handed-over') return
          if (error === null) resolve(true)
          else reject(refused(error))
        },
        onClose: () => reject(refused('its connection ended without an answer')),
      })
      frames.send({ type: 'hand-over' })
    })
    socket.once('close', () => {
      clearTimeout(timer)
      if (!connected) resolve(false)
    })
  })
}

const refused = (why: string) =>
  new Problem(409, 'ERR_HAND_OVER', `the server that runs does not hand over its channels: ${why}`, {
    fault: 'machine',
    retryable: true,
    remedy: 'Look into its log; stop it and start a new one if it cannot be asked.',
  })
