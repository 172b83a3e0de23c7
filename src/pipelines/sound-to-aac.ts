import type { AudioCodec } from './audio-codecs'
import { caps, el, pipeline, type Graph } from './graph/graph'

/** Names of the elements that the engine needs. */
export const SOUND_TO_AAC = { source: 'source', packets: 'packets' } as const

/** Of two channels, and more than enough for one, bit/s. */
const BITRATE = 128_000

/**
 * appsrc source ! mpegaudioparse ! avdec_mp3 ! audioconvert ! audioresample ! avenc_aac ! aacparse ! fakesink packets
 *
 * Makes AAC of sound in a codec of the table, which names its elements. At most two channels, and a rate that every
 * player of RTMP knows. The probe that pushes limits its queue.
 */
export function soundToAac({ elements }: AudioCodec): Graph {
  const source = { format: 'time', 'is-live': false, block: false, 'emit-signals': false } as const
  const unbounded = { 'max-bytes': 0, 'max-buffers': 0, 'max-time': 0 } as const
  return pipeline(
    el('appsrc', { name: SOUND_TO_AAC.source, ...source, ...unbounded }),
    ...(elements ?? []).map(factory => el(factory)),
    el('audioconvert'),
    el('audioresample'),
    caps('audio/x-raw', { rate: [44_100, 48_000], channels: [1, 2] }),
    // The default of 1.22 forces mid/side coding and so mixes two channels of different audio into one (measured).
    el('avenc_aac', { bitrate: BITRATE, 'aac-ms': false }),
    el('aacparse'),
    caps('audio/mpeg', { mpegversion: 4, 'stream-format': 'raw' }),
    el('fakesink', { name: SOUND_TO_AAC.packets, sync: false, async: false, 'enable-last-sample': false, qos: false }),
  )
}
