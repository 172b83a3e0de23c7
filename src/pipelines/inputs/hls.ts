import { chain, el, type Part } from '../graph/graph'
import { DEMUXERS, type Container } from './file'
import { INPUT, type InputGraph } from './input-graph'

/** The elements of sound that has a playlist of its own. */
export const APART = { source: 'audiosource', demux: 'audiodemux' } as const

/** Containers of segments. */
export type SegmentContainer = Extract<Container, 'ts' | 'mp4'>

/**
 * appsrc ! tsdemux ┬ video_0, audio_0
 *
 * The addon's SegmentFeed gives the appsrc its segments, and puts a new demuxer in place where they begin anew.
 * @param audio container of sound that has a playlist of its own; null: it comes with the pictures, or not at all
 */
export function hlsInput(container: SegmentContainer, audio: SegmentContainer | null): InputGraph {
  const sound = audio === null ? INPUT.demux : APART.demux
  return {
    source: [
      ...fed(INPUT.source, INPUT.demux, container),
      ...(audio === null ? [] : [chain(...fed(APART.source, APART.demux, audio))]),
    ],
    video: { from: `${INPUT.demux}.video_%u`, parts: [] },
    audio: { from: `${sound}.audio_%u`, parts: [] },
  }
}

function fed(source: string, demux: string, container: SegmentContainer): readonly Part[] {
  return [
    // It takes one segment at a time, and only when it has none: 0 is no limit.
    el('appsrc', { name: source, format: 'bytes', block: false, 'max-bytes': 0, 'emit-signals': false }),
    el(DEMUXERS[container], { name: demux }),
  ]
}
