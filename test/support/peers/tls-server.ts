import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { createServer } from 'node:tls'
import { exec, type ChildOptions } from '../child'

const FOLDER = path.resolve(__dirname, '../../../../test/support/peers/tls')
const CERTIFICATE = path.join(FOLDER, 'localhost-cert.pem')

/** Whether a process may have its own view of the file system, in which it trusts whom we like. */
export const mayTrust = spawnSync('unshare', ['-m', 'true']).status === 0

/** Speaks TLS as `localhost`, and hands on what it hears to a port that speaks none. */
export async function startTls(beyond: number): Promise<AsyncDisposable & { readonly port: number }> {
  const key = readFileSync(path.join(FOLDER, 'localhost-key.pem'))
  const server = createServer({ key, cert: readFileSync(CERTIFICATE) }, socket => {
    const other = connect(beyond, '127.0.0.1')
    for (const end of [socket, other]) end.on('error', () => (socket.destroy(), other.destroy()))
    socket.pipe(other).pipe(socket)
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}

/** What a program of Node.js prints that trusts this server. */
export async function runTrusting(
  program: string,
  args: readonly string[],
  options: ChildOptions & { timeout?: number } = {},
): Promise<string> {
  // What GnuTLS trusts is one file on Debian.
  const trust = 'mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && shift && exec "$@"'
  const given = ['-m', 'sh', '-c', trust, 'sh', CERTIFICATE, process.execPath, program, ...args]
  return (await exec('unshare', given, options)).stdout.toString()
}
