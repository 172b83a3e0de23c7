/** Errors as they go on the wire, and one line of words for a code. */
import { RxGstError } from 'rxgst'
import type { WireError } from '../core/wire.js'

/** For people. The code itself where there are no words. */
export function words(code: string): string {
  return WORDS[code] ?? code
}

/** What a viewer of the page has to know; docs/errors.md of the library has all. */
const WORDS: Readonly<Record<string, string>> = {
  ERR_ADDRESS_REFUSED: 'the address, or what its name resolves to, is not allowed',
  ERR_AUTHENTICATION: 'user, password or passphrase is wrong',
  ERR_BAD_STREAM: 'what comes is no stream that can be read',
  ERR_CONNECTION_LOST: 'the peer has closed the connection',
  ERR_CONNECTION_REFUSED: 'nobody listens at this address',
  ERR_CONNECT_TIMEOUT: 'the peer did not answer in time, or nobody publishes',
  ERR_DECODE: 'the pictures or the sound cannot be decoded',
  ERR_DISK_FULL: 'the disk is full',
  ERR_FILE: 'the file cannot be read',
  ERR_HOST_NOT_FOUND: 'there is no host of this name',
  ERR_MAY_NOT_CONNECT: 'waits for the lease of the channel',
  ERR_MISSING_PLUGIN: 'software is missing on the machine; the log of the channel names it',
  ERR_NAME_IN_USE: 'somebody else publishes there',
  ERR_NAME_TAKEN: 'another target has the same address',
  ERR_NO_KEYFRAME: 'no picture has come with which a stream can begin',
  ERR_PLAY_REJECTED: 'the server does not give the stream; perhaps nobody publishes it',
  ERR_PUBLISH_REJECTED: 'the server refuses the stream; the key may be wrong',
  ERR_RECORD: 'the folder cannot be written, or another recording has it',
  ERR_STALLED: 'nothing comes any more',
  ERR_STREAM_ENDED: 'the publisher has left',
  ERR_TLS: 'the TLS connection failed, or the certificate is not trusted',
  ERR_UNSUPPORTED_MEDIA: 'the codec of the stream is not supported',
}

/** A change of the configuration that the process cannot make on air. */
export class RestartNeeded extends Error {
  override readonly name = 'RestartNeeded'
  readonly code = 'ERR_RESTART_NEEDED'
}

/** What is no error of the library is a fault of ours, whose text may hold anything. */
export function wireError(error: unknown, mask: (text: string) => string): WireError {
  if (error instanceof RxGstError) {
    const { code, message, fault, retryable, remedy } = error
    return { code, message: mask(message), fault, retryable, remedy }
  }
  if (error instanceof RestartNeeded) {
    const { code, message } = error
    return { code, message, fault: 'options', retryable: false, remedy: 'Restart the channel with this configuration.' }
  }
  const name = error instanceof Error ? error.name : 'error'
  return {
    code: 'ERR_INTERNAL',
    message: `the channel's process met an unexpected ${name}`,
    fault: 'engine',
    retryable: false,
    remedy: 'Report it with the log of the channel.',
  }
}
