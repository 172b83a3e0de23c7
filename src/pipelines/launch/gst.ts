import type { GstValue } from '../graph/data'
import { finishGraph, type Graph } from '../graph/value'
import { parseLaunch } from './parse'
import { graphError } from '../elements/names'
import { HOLE } from './quoting'
import { checkValue } from '../caps/values'

/**
 * Parses gst-launch-1.0 text into a graph. An interpolated value is always the value of a property or of a caps field:
 * no string can add an element, a property or a field.
 *
 *   gst`videotestsrc num-buffers=${count} ! video/x-raw,width=${width} ! textoverlay text=${title} ! appsink name=out`
 *
 * Backslashes belong to gst-launch, not to JavaScript. ERR_GRAPH names the line and the character.
 */
export function gst(strings: TemplateStringsArray, ...values: readonly GstValue[]): Graph {
  const texts = Array.isArray(strings) ? (strings.raw ?? strings) : null
  if (!texts || texts.some(text => typeof text !== 'string')) throw graphError('gst', 'write it as a template, gst`…`')
  if (texts.length !== values.length + 1) throw graphError('gst', 'a value is missing')
  for (const text of texts) if (text.includes(HOLE)) throw graphError('gst', 'U+FFFF is no character of any text')
  values.forEach((value, at) => checkValue(value, `gst, value ${at + 1}`))
  return finishGraph(parseLaunch(texts.join(HOLE), values), 'gst')
}
