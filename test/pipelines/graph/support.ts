import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/core/errors'
import { gst, type Graph } from '../../../src/pipelines/graph/graph'

/** Text that is not known when the test is written, as gst`…` reads it. */
export function parse(text: string): Graph {
  return gst(Object.assign([text], { raw: [text] }))
}

/** 'a.x>b' of every link. */
export function links(graph: Graph): string[] {
  return graph.links.map(({ from, to }) =>
    [from, to].map(({ element, pad }) => (pad === null ? element : `${element}.${pad}`)).join('>'),
  )
}

/** ERR_GRAPH, with this message. */
export function refused(make: () => unknown, message: RegExp): void {
  try {
    make()
  } catch (error) {
    assert.instance(error, RxGstError, String(error))
    assert.is((error as RxGstError).code, 'ERR_GRAPH')
    assert.match((error as RxGstError).message, message)
    return
  }
  assert.unreachable(`not refused: ${message}`)
}
