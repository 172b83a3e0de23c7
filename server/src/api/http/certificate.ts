/** A certificate of two files, which are read again when they change: renewals need no restart. */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { Problem } from '../../core/problem.js'
import { stampOf } from '../file-stamp.js'

const LOOK_MS = 5000
/** Of TLS 1.2, those with forward secrecy and authenticated encryption; TLS 1.3 has no others. */
const CIPHERS = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':')

export interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
}

export class Certificate {
  readonly #files: { readonly cert: string; readonly key: string }
  readonly #onFault: (problem: Problem) => void
  readonly #servers = new Set<Server>()
  readonly #timer: NodeJS.Timeout
  #stamp: string
  pair: Pair

  /**
   * Throws a Problem where the files are no certificate and its key.
   * @param onFault told once of a change that is not valid; the pair before it stays
   */
  constructor(
    files: { readonly cert: string; readonly key: string },
    onFault: (problem: Problem) => void,
    lookMs: number = LOOK_MS,
  ) {
    this.#files = files
    this.#onFault = onFault
    this.#stamp = this.#stampOf()
    this.pair = this.#read()
    this.#timer = setInterval(() => this.#look(), lookMs)
    this.#timer.unref()
  }

  /** Of a server that begins. */
  get options(): SecureContextOptions {
    return { ...this.pair, minVersion: 'TLSv1.2', ciphers: CIPHERS }
  }

  /** Gives a server each new pair, until the returned function is called. */
  serve(server: Server): () => void {
    this.#servers.add(server)
    return () => void this.#servers.delete(server)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const stamp = this.#stampOf()
    if (stamp === this.#stamp) return
    this.#stamp = stamp
    try {
      this.pair = this.#read()
      for (const server of this.#servers) server.setSecureContext(this.options)
    } catch (error) {
      this.#onFault(error as Problem)
    }
  }

  #read(): Pair {
    try {
      const pair = { cert: readFileSync(this.#files.cert), key: readFileSync(this.#files.key) }
      createSecureContext(pair)
      return pair
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw new Problem(400, 'ERR_TLS', `server.tls: the files are no certificate and its key (${code ?? 'not PEM'})`, {
        remedy: 'Give PEM files that belong together, and that this user may read.',
      })
    }
  }

  #stampOf(): string {
    return `${stampOf(this.#files.cert)} ${stampOf(this.#files.key)}`
  }
}
