import type { Socket } from 'node:net'

/**
 * Cuts a connection with RST. One that is saying goodbye already is only closed: libuv refuses to reset it, and Node 20
 * then waits for its handle at the process's end, for ever.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
