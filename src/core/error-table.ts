/** Whose fault: the caller's options or calls, the peer, this machine (missing plugin, driver), or the engine. */
export type Fault = 'options' | 'peer' | 'machine' | 'engine'

export interface ErrorKind {
  readonly fault: Fault
  /** Whether the same attempt, made again later, can succeed. An error may know better than its kind. */
  readonly retryable: boolean
  /** What happened; one sentence of docs/errors.md. */
  readonly summary: string
  /** What to do about it; one sentence of docs/errors.md. */
  readonly remedy: string
}

const RETRY = true
const FINAL = false

type Row = readonly [fault: Fault, retryable: boolean, summary: string, remedy: string]

/** Keeps the codes' literal types while the table below stays one line per column. */
function table<Code extends `ERR_${string}`>(rows: Readonly<Record<Code, Row>>): Readonly<Record<Code, ErrorKind>> {
  const kinds = {} as Record<Code, ErrorKind>
  for (const code of Object.keys(rows) as Code[]) {
    const [fault, retryable, summary, remedy] = rows[code]
    kinds[code] = Object.freeze({ fault, retryable, summary, remedy })
  }
  return Object.freeze(kinds)
}

/** Every error of this package. A code, once released, keeps its meaning; docs/errors.md shows this table. */
export const ERRORS = table({
  // what the caller passed in
  ERR_OPTION: [
    'options',
    FINAL,
    'An option or argument has an unknown name, a wrong type or a value out of range.',
    'The message names what was expected; correct the call.',
  ],
  ERR_URL: [
    'options',
    FINAL,
    'The URL is not one that RTMP can use.',
    'Write it as rtmp://host[:port]/application/stream, or rtmps://; percent-encode special characters ' +
      'of a user name or password.',
  ],
  ERR_FRAME_SIZE: [
    'options',
    FINAL,
    'A picture is not width × height in its pixel format.',
    "Scale it first, or create the output with the picture's size; the message names the expected byte count.",
  ],
  ERR_TIMESTAMP: [
    'options',
    FINAL,
    'A written timestamp is not a number, or goes back behind the one before it.',
    'Write in order, or leave timestamps out.',
  ],
  ERR_UNKNOWN_ELEMENT: [
    'options',
    FINAL,
    'A graph names an element that this GStreamer does not have, or a running pipeline has no element of that name.',
    'Check the spelling; gst-inspect-1.0 lists the elements.',
  ],
  ERR_UNKNOWN_PROPERTY: [
    'options',
    FINAL,
    'The element has no such property.',
    'The message names the nearest one; gst-inspect-1.0 with the element lists all.',
  ],
  ERR_PROPERTY_VALUE: [
    'options',
    FINAL,
    'A property does not take that value.',
    'The message names the type, range or values that it takes.',
  ],
  ERR_LINK: [
    'options',
    FINAL,
    'Two elements of a graph cannot be linked.',
    'Put a converter or parser between them, or name the pad.',
  ],
  ERR_GRAPH: [
    'options',
    FINAL,
    'A graph is not well-formed: text that does not parse, a part in a place where it makes no sense, a ' +
      'branch from nowhere.',
    'The message names the place; correct the graph.',
  ],
  ERR_STANDSTILL: [
    'options',
    FINAL,
    'A graph stands still for ever: an element waits on one pad for data on another, and the thread that would ' +
      'bring it waits as well.',
    'Put a queue before each pad that the message names, or give the queues there more room.',
  ],
  ERR_WRONG_MEDIA: [
    'options',
    FINAL,
    'What was asked of an appsink or appsrc does not fit its caps, such as pictures from a sink of sound.',
    'Use the call that fits the media, or other caps.',
  ],
  ERR_NAME_TAKEN: [
    'options',
    FINAL,
    'The name, or the target URL, is in use already.',
    'Choose another, or remove the first.',
  ],
  ERR_UNKNOWN_STREAM: [
    'options',
    FINAL,
    'Nothing is attached under this name, or the URL is no target of the output.',
    'Use the name that attachStream() returned, or a URL that was added.',
  ],
  ERR_UNKNOWN_METRIC: ['options', FINAL, 'There is no metric of this name.', 'The message lists the metrics.'],

  // how the caller went about it
  ERR_FRAME_CLOSED: [
    'options',
    FINAL,
    'The pixels of a frame were asked for after its close().',
    'clone() a frame that two places need; each closes its own handle.',
  ],
  ERR_NOT_RUNNING: [
    'options',
    FINAL,
    'The call needs a started stream: it came before start() or after stop().',
    'Await start() first; after stop() create a new one.',
  ],
  ERR_NOT_DECODED: [
    'options',
    FINAL,
    'Pictures or sound were asked of a capture that was made with decode: false.',
    'Make it without that option; such a capture is for a StreamMonitor.',
  ],
  ERR_ALREADY_STARTED: [
    'options',
    FINAL,
    'start() was called a second time.',
    'Start once; create a new object for a new run.',
  ],
  ERR_ABORTED: [
    'options',
    FINAL,
    "The caller's AbortSignal ended the operation.",
    'Nothing to repair; `cause` is the reason of the signal.',
  ],
  ERR_WRITE_OVERFLOW: [
    'options',
    FINAL,
    'Too many writes are pending: the program writes faster than the encoder takes and does not await its writes.',
    "Await each write, use writeTo(), or set dropPolicy to 'newest'.",
  ],

  // what the other end did
  ERR_STREAM_ENDED: [
    'peer',
    FINAL,
    'The stream is over and no more can come.',
    'Start a new capture when the publisher is back.',
  ],
  ERR_CONNECTION_LOST: [
    'peer',
    RETRY,
    'The connection broke or the server closed it.',
    'Reconnecting repairs it; if it repeats, look at the server and the network.',
  ],
  ERR_STALLED: [
    'peer',
    RETRY,
    'The connection is open but no bytes moved for stallTimeout.',
    'Reconnecting repairs it; raise stallTimeout for streams with long pauses.',
  ],
  ERR_CONNECTION_AGE: [
    'engine',
    RETRY,
    'A connection has lasted 24 days: the milliseconds in which RTMP counts are about to pass 31 bits.',
    'Nothing; it is made anew at a keyframe.',
  ],
  ERR_CONNECT_TIMEOUT: [
    'peer',
    RETRY,
    'No media flowed within connectTimeout.',
    'Check that the server answers and that somebody publishes the stream; raise connectTimeout.',
  ],
  ERR_NO_KEYFRAME: [
    'peer',
    RETRY,
    'Pictures came for connectTimeout, and none to begin with: no keyframe, and no recovery point.',
    'Let the encoder send a keyframe every few seconds, raise connectTimeout, or set outputCorrupt.',
  ],
  ERR_CONNECTION_REFUSED: [
    'peer',
    RETRY,
    'Nothing listens on this host and port, or the host cannot be reached.',
    'Check host and port, and that the server runs.',
  ],
  ERR_HOST_NOT_FOUND: [
    'peer',
    RETRY,
    'The host name does not resolve.',
    'Check the spelling and the name servers of this machine.',
  ],
  ERR_TLS: [
    'peer',
    FINAL,
    'The secure connection could not be made: certificate, name or protocol.',
    'Check the certificate of the server; rtmps needs the Debian package glib-networking.',
  ],
  ERR_HANDSHAKE: [
    'peer',
    RETRY,
    'What answers does not speak RTMP.',
    'Check the port, and whether the server wants rtmps.',
  ],
  ERR_CONNECT_REJECTED: [
    'peer',
    RETRY,
    'The server speaks RTMP but refused the connection, most often because it has no such application.',
    'Check the application in the URL; the server log knows why.',
  ],
  ERR_PLAY_REJECTED: [
    'peer',
    RETRY,
    'The server refused to play the stream.',
    'Check application and stream name, and that somebody publishes it now; the server log knows why.',
  ],
  ERR_PUBLISH_REJECTED: [
    'peer',
    FINAL,
    'The server refused the publication.',
    'Check application, stream key and account; the server log knows why.',
  ],
  ERR_NAME_IN_USE: [
    'peer',
    RETRY,
    'Somebody else publishes under this stream name (or the server still holds our last connection).',
    'End the other publisher; the next try succeeds as soon as the name is free.',
  ],
  ERR_AUTHENTICATION: [
    'peer',
    FINAL,
    'The server did not accept the user name and password, or asks for some.',
    'Correct the credentials of the URL.',
  ],
  ERR_UNSUPPORTED_MEDIA: [
    'peer',
    FINAL,
    'The stream carries a codec, a profile or a size that is not supported.',
    'Publish H.264 and AAC, up to 4096 × 2304.',
  ],
  ERR_BAD_STREAM: [
    'peer',
    RETRY,
    'What arrives is not a readable stream.',
    'Check the publisher; the message names the element that gave up.',
  ],
  ERR_DECODE: [
    'peer',
    RETRY,
    'Pictures or sound could not be decoded.',
    'Check the publisher; a reconnect starts a fresh decoder.',
  ],

  // what this machine lacks
  ERR_MISSING_PLUGIN: [
    'machine',
    FINAL,
    'A GStreamer element that is needed is not installed.',
    'Install the Debian package that the message names.',
  ],
  ERR_MISSING_TYPELIB: [
    'machine',
    FINAL,
    'The introspection data that `rxgst/gi` was asked for is not installed.',
    'Install the Debian package that the message names.',
  ],
  ERR_ADDON_NOT_BUILT: [
    'machine',
    FINAL,
    'The native part of this package, or for `rxgst/gi` node-gtk, is missing or does not fit this Node.js.',
    'Do what the message says: it names the packages that run it or compile it, or the install scripts that npm did not run.',
  ],
  ERR_RUNTIME: ['machine', FINAL, 'This is another runtime than Node.js.', 'Run the program with Node.js 20 or newer.'],
  ERR_OTHER_THREAD: [
    'options',
    FINAL,
    'Another thread of this process has used `rxgst/gi`, and node-gtk knows one.',
    'Use `rxgst/gi` in the main thread, or in one and the same worker; the rest of the package runs in any number of them.',
  ],
  ERR_GSTREAMER_VERSION: [
    'machine',
    FINAL,
    'The installed GStreamer is older than 1.22, or an element of it lacks a property that the stream needs.',
    'Use Debian 12 or 13, or another source of GStreamer 1.22 to 1.26.',
  ],
  ERR_ENCODE: [
    'machine',
    RETRY,
    'The encoder failed.',
    'The next candidate takes over; with none left, check driver and device, or choose vcodec libx264.',
  ],

  // what this package did not manage
  ERR_STATE_CHANGE: [
    'engine',
    RETRY,
    'A pipeline did not reach the state it was asked for.',
    'The message names the element; try again, and report it if it repeats.',
  ],
  ERR_STOP_TIMEOUT: [
    'engine',
    FINAL,
    'A pipeline did not stop in time and was set aside.',
    'The program goes on; if it repeats, restart the process when convenient and report it.',
  ],
  ERR_PIPELINE: [
    'engine',
    RETRY,
    'GStreamer reported something else.',
    'The message holds its text; report it if it repeats.',
  ],
})

/** A stable code of the table in docs/errors.md. */
export type ErrorCode = keyof typeof ERRORS
