import type { Part } from '../graph/graph'

/** Where a branch of a capture begins: at a pad of an element, and what stands before the branch's own elements. */
export interface BranchStart {
  readonly from: string
  readonly parts: readonly Part[]
}

/** The head of a capture's graph: from the source to the two branches, which are the same for all inputs. */
export interface InputGraph {
  readonly source: readonly Part[]
  readonly video: BranchStart
  readonly audio: BranchStart
}

/** The elements of these names are in every input's graph that has them; CAPTURE has those of the branches. */
export const INPUT = {
  source: 'source',
  demux: 'demux',
  videoPayload: 'videopayload',
  audioPayload: 'audiopayload',
} as const

/** Pads of demuxers that have a number for each track. */
export function numberedTracks(demux: string): Pick<InputGraph, 'video' | 'audio'> {
  return {
    video: { from: `${demux}.video_%u`, parts: [] },
    audio: { from: `${demux}.audio_%u`, parts: [] },
  }
}
