/** Where the cause is: the caller's options or calls, the peer, this machine (plugin, driver), or this package. */
export type Fault = 'options' | 'peer' | 'machine' | 'engine'

export interface ErrorKind {
  readonly fault: Fault
  /** Whether the same attempt can succeed later. A single error can differ from its kind. */
  readonly retryable: boolean
  /** The event, as one sentence of docs/errors.md. */
  readonly summary: string
  /** The remedy, as one sentence of docs/errors.md. */
  readonly remedy: string
}

const RETRY = true
const FINAL = false

type Row = readonly [fault: Fault, retryable: boolean, summary: string, remedy: string]

/** Gives the codes of the rows literal types. */
function table<Code extends `ERR_${string}`>(rows: Readonly<Record<Code, Row>>): Readonly<Record<Code, ErrorKind>> {
  const kinds = {} as Record<Code, ErrorKind>
  for (const code of Object.keys(rows) as Code[]) {
    const [fault, retryable, summary, remedy] = rows[code]
    kinds[code] = Object.freeze({ fault, retryable, summary, remedy })
  }
  return Object.freeze(kinds)
}

/** Every error of this package, as shown in docs/errors.md. A released code never changes its meaning. */
export const ERRORS = table({
  // wrong values from the caller
  ERR_OPTION: [
    'options',
    FINAL,
    'An option or argument has an unknown name, a wrong type or a value out of range.',
    'Correct the call; the message names the accepted values.',
  ],
  ERR_URL: [
    'options',
    FINAL,
    'The URL is not valid, or has a scheme that is not taken.',
    'Write RTMP as rtmp://host[:port]/application/stream or rtmps://…, or give the key by `streamKey`; ' +
      'percent-encode special characters of a user name or password. docs/addresses.md has examples, ' +
      'docs/inputs.md the other schemes.',
  ],
  ERR_FILE: [
    'options',
    FINAL,
    'A file cannot be read: it does not exist, or the program may not read it.',
    'Check the path and its permissions; the message has the reason of the system.',
  ],
  ERR_FRAME_SIZE: [
    'options',
    FINAL,
    'The data of a frame is not width × height in its pixel format.',
    "Scale the frame first, or create the output with the frame's size; the message names the expected byte count.",
  ],
  ERR_TIMESTAMP: [
    'options',
    FINAL,
    'A written timestamp is not a number, or is before the previous one.',
    'Write in order, or leave timestamps out.',
  ],
  ERR_UNKNOWN_ELEMENT: [
    'options',
    FINAL,
    'A graph names an element that this GStreamer does not have, or a running pipeline has no element with that name.',
    'Check the spelling; gst-inspect-1.0 lists the elements.',
  ],
  ERR_UNKNOWN_PROPERTY: [
    'options',
    FINAL,
    'The element has no such property.',
    'The message names the most similar property; gst-inspect-1.0 with the element lists all.',
  ],
  ERR_PROPERTY_VALUE: [
    'options',
    FINAL,
    'A property does not accept the value.',
    'The message names the accepted type, range or values.',
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
    'A graph is not well-formed: text that does not parse, a part in a wrong place, a branch from an unknown element.',
    'The message names the place; correct the graph.',
  ],
  ERR_STANDSTILL: [
    'options',
    FINAL,
    'A graph stands still for ever: an element waits on one pad for data on another pad, and the thread that ' +
      'would bring the data waits too.',
    'Put a queue before each pad that the message names, or give the queues there more room.',
  ],
  ERR_WRONG_MEDIA: [
    'options',
    FINAL,
    'A call does not fit the caps of an appsink or appsrc, such as frames$() on an audio sink.',
    'Use the call that fits the media, or other caps.',
  ],
  ERR_NAME_TAKEN: [
    'options',
    FINAL,
    'The name, or the target URL, is in use already.',
    'Choose another one, or remove the first one.',
  ],
  ERR_UNKNOWN_STREAM: [
    'options',
    FINAL,
    'No stream is attached under this name, or the URL is not a target of the output.',
    'Use the name that attachStream() returned, or a URL that was added.',
  ],
  ERR_UNKNOWN_METRIC: ['options', FINAL, 'There is no metric with this name.', 'The message lists the metrics.'],

  // wrong calls
  ERR_FRAME_CLOSED: [
    'options',
    FINAL,
    'A program read the pixels of a frame after close().',
    'If two places need a frame, clone() it; each place closes its own handle.',
  ],
  ERR_NOT_RUNNING: [
    'options',
    FINAL,
    'The call needs a started stream: it came before start() or after stop().',
    'Await start() first; after stop(), create a new object.',
  ],
  ERR_NOT_DECODED: [
    'options',
    FINAL,
    'A program asked for what the capture does not decode (decode: false, video: false or audio: false).',
    'Leave that option out; without decoding there are monitors, recordings and snapshots.',
  ],
  ERR_ALREADY_STARTED: [
    'options',
    FINAL,
    'start() was called a second time.',
    'Call start() once; create a new object for a new run.',
  ],
  ERR_ABORTED: [
    'options',
    FINAL,
    "The caller's AbortSignal ended the operation.",
    'No action needed; `cause` is the reason of the signal.',
  ],
  ERR_WRITE_OVERFLOW: [
    'options',
    FINAL,
    'Too many writes are pending: the program writes faster than the encoder and does not await its writes.',
    "Await each write, use writeTo(), or set dropPolicy to 'newest'.",
  ],
  ERR_STILL_OVERFLOW: [
    'options',
    FINAL,
    'Too many pictures wait to be encoded as stills: the program makes them faster than the processor does.',
    'Await each still before the next one, or take fewer pictures, as sampleFps() does.',
  ],

  // peer
  ERR_STREAM_ENDED: [
    'peer',
    FINAL,
    'The stream has ended for good.',
    'When the publisher is back, start a new capture.',
  ],
  ERR_CONNECTION_LOST: [
    'peer',
    RETRY,
    'The connection broke, or the server closed it.',
    'A reconnect repairs it; if it repeats, check the server and the network.',
  ],
  ERR_STALLED: [
    'peer',
    RETRY,
    'The connection is open but no bytes moved for stallTimeout.',
    'A reconnect repairs it; raise stallTimeout for streams with long pauses.',
  ],
  ERR_CONNECTION_AGE: [
    'engine',
    RETRY,
    'A connection has lasted 24 days, and the 31-bit millisecond clock of RTMP is about to overflow.',
    'No action needed; the connection is made again at a keyframe.',
  ],
  ERR_CONNECT_TIMEOUT: [
    'peer',
    RETRY,
    'No media arrived within connectTimeout.',
    'Check that the server answers and that a publisher is there; raise connectTimeout.',
  ],
  ERR_NO_KEYFRAME: [
    'peer',
    RETRY,
    'Pictures arrived for connectTimeout, but no keyframe and no recovery point to start with.',
    'Set a keyframe interval of a few seconds in the encoder, raise connectTimeout, or set outputCorrupt.',
  ],
  ERR_NO_PICTURE: [
    'peer',
    RETRY,
    'No picture came within the timeout of a snapshot.',
    'The message says what the stream does instead; raise the timeout for streams with rare keyframes.',
  ],
  ERR_CONNECTION_REFUSED: [
    'peer',
    RETRY,
    'No server listens on this host and port, or the host is unreachable.',
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
    'The TLS connection failed: certificate, name or protocol.',
    'Check the certificate of the server; rtmps needs the Debian package glib-networking.',
  ],
  ERR_HANDSHAKE: [
    'peer',
    RETRY,
    'The server on this port does not speak RTMP.',
    'Check the port, and if the server expects rtmps.',
  ],
  ERR_CONNECT_REJECTED: [
    'peer',
    RETRY,
    'The RTMP server refused the connection, usually because it has no such application.',
    'Check the application in the URL; the server log has the reason.',
  ],
  ERR_PLAY_REJECTED: [
    'peer',
    RETRY,
    'The server refused to play the stream.',
    'Check the application, the stream name, and that a publisher is there; the server log has the reason.',
  ],
  ERR_PUBLISH_REJECTED: [
    'peer',
    FINAL,
    'The server refused the publication.',
    'Check the application, the stream key and the account; the server log has the reason.',
  ],
  ERR_MAY_NOT_CONNECT: [
    'engine',
    RETRY,
    'The option `mayConnect` of a target says no, or said yes for a time that was too short.',
    'The target connects by itself as soon as `mayConnect` says yes; a warning in the log tells if it throws.',
  ],
  ERR_NAME_IN_USE: [
    'peer',
    RETRY,
    'Another publisher uses this stream name, or the server still holds the previous connection.',
    'End the other publisher; the next try succeeds as soon as the name is free.',
  ],
  ERR_AUTHENTICATION: [
    'peer',
    FINAL,
    'The server did not accept the user name and password, or requires them.',
    'Correct the credentials in the URL.',
  ],
  ERR_ADDRESS_REFUSED: [
    'peer',
    FINAL,
    'A playlist of HLS, or a redirect, names an address that a capture does not open: another scheme, http: from ' +
      'https:, or a host inside of a private network; or such a host at all, after `refusePrivateAddresses(true)`.',
    'Where that host is meant, name it in the option `hosts`, or in `except`; else the peer is not to be trusted.',
  ],
  ERR_UNSUPPORTED_MEDIA: [
    'peer',
    FINAL,
    'The stream has a codec, a profile, a depth or a size that is not supported.',
    'Publish H.264 (over rxrtmp also HEVC or AV1) and AAC, up to 4096 × 2304.',
  ],
  ERR_BAD_STREAM: [
    'peer',
    RETRY,
    'The received data is not a readable stream.',
    'Check the publisher; the message names the element that failed.',
  ],
  ERR_DECODE: [
    'peer',
    RETRY,
    'The video or the audio could not be decoded.',
    'Check the publisher; a reconnect starts a new decoder.',
  ],

  // machine
  ERR_MISSING_PLUGIN: [
    'machine',
    FINAL,
    'A required GStreamer element is not installed.',
    'Install the Debian package that the message names.',
  ],
  ERR_MISSING_TYPELIB: [
    'machine',
    FINAL,
    'The introspection data for `rxgst/gi` is not installed.',
    'Install the Debian package that the message names.',
  ],
  ERR_ADDON_NOT_BUILT: [
    'machine',
    FINAL,
    'The native part of this package, or node-gtk for `rxgst/gi`, is missing or does not fit this Node.js.',
    'Follow the message: it names the packages that run or compile it, or the install scripts that npm did not run.',
  ],
  ERR_RUNTIME: ['machine', FINAL, 'The runtime is not Node.js.', 'Run the program with Node.js 20 or later.'],
  ERR_OTHER_THREAD: [
    'options',
    FINAL,
    'Another thread of this process already uses `rxgst/gi`, and node-gtk supports only one.',
    'Use `rxgst/gi` in one thread only; all other parts of the package work in any number of threads.',
  ],
  ERR_GSTREAMER_VERSION: [
    'machine',
    FINAL,
    'The installed GStreamer is older than 1.22, or one of its elements lacks a property that the stream needs.',
    'Use Debian 12 or 13, or another source of GStreamer 1.22 to 1.26.',
  ],
  ERR_ENCODE: [
    'machine',
    RETRY,
    'The encoder failed.',
    'The next candidate takes over; if none is left, check driver and device, or set vcodec to libx264.',
  ],
  ERR_DISK_FULL: [
    'machine',
    RETRY,
    'A recording lost packets: its disk is full.',
    'Make room, or give the recording maxSize or keep; it goes on by itself, and tries at each retry.',
  ],
  ERR_RECORD: [
    'machine',
    RETRY,
    'A recording cannot be written: the folder is missing, may not be written, or another recording has it.',
    'The message has the reason of the system; the recording goes on by itself when it is repaired.',
  ],
  ERR_SHARE: [
    'machine',
    RETRY,
    'Shared memory cannot be had: /dev/shm is absent or full, or another user or program has the name.',
    "The message has the reason of the system; `df /dev/shm` shows the room, which Docker's --shm-size sets.",
  ],

  // this package and GStreamer
  ERR_STATE_CHANGE: [
    'engine',
    RETRY,
    'A pipeline did not reach the requested state.',
    'The message names the element; try again, and report it if it repeats.',
  ],
  ERR_STOP_TIMEOUT: [
    'engine',
    FINAL,
    'A pipeline did not stop in time and was abandoned.',
    'The program continues; if it repeats, restart the process when convenient and report it.',
  ],
  ERR_PIPELINE: [
    'engine',
    RETRY,
    'GStreamer reported another error.',
    "The message contains GStreamer's text; report it if it repeats.",
  ],
})

/**
 * What a refused or lost connection looks like besides its code. 'likelyKey': a wrong stream key is likely: the server
 * refused the publication, or took it, acknowledged nothing, and closed the connection within 10 s. 'short-lived': the
 * connection was live, and its peer or the network ended it within 5 minutes.
 */
export type ErrorHint = 'likelyKey' | 'short-lived'

/** A stable error code of the table in docs/errors.md. */
export type ErrorCode = keyof typeof ERRORS
