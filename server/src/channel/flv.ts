/** The library's live FLV, as the previews take it. */
import * as rxgst from 'rxgst'
import { throwError } from 'rxjs'
import type { FlvSource } from './preview.js'

const { flvStream } = rxgst as { readonly flvStream?: FlvSource }

/** Of an rxgst that has none, a preview ends at once and says so. */
export const flvSource: FlvSource =
  flvStream ?? (() => throwError(() => new rxgst.RxGstError('ERR_OPTION', 'this version of rxgst gives no live FLV')))
