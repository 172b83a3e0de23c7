/**
 * The addon's door: the only loader of the .node file. What it exports is typed in one file for each room of native/;
 * C++ registers it in native/<room>/exports.h. Everything here is called on the JS thread; what it wraps works in
 * GStreamer's streaming threads. Facades validate before; C++ trusts.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { RxGstError } from '../core/errors'
import { scriptsNotRun } from '../core/runtime'
import type { CaptureExports } from './capture'
import type { GiExports } from './gi'
import type { GstExports } from './gst'
import type { JsExports } from './js'
import type { MeterExports } from './meter'
import type { OutputExports } from './output'
import type { PipelineExports } from './pipeline'
import type { PixelsExports } from './pixels'
import type { RtmpExports } from './rtmp'
import type { TapExports } from './tap'

export interface Native
  extends JsExports,
    GstExports,
    GiExports,
    PixelsExports,
    RtmpExports,
    CaptureExports,
    TapExports,
    PipelineExports,
    OutputExports,
    MeterExports {}

let loaded: Native | null = null

/** Loads the addon once. ERR_ADDON_NOT_BUILT tells what to do. */
export function native(): Native {
  if (loaded) return loaded
  // From dist/src/addon and from nowhere else.
  const file = path.resolve(__dirname, '../../../build/Release/rxgst.node')
  if (!existsSync(file)) {
    const root = path.resolve(__dirname, '../../..')
    const tried = existsSync(path.join(root, 'build'))
    const installed = tried ? 'it did not compile; run "npm rebuild rxgst" and see why' : scriptsNotRun('rxgst')
    const checkout = 'run "npm start" or "npm test" in a checkout: they build it'
    const todo = root.includes('node_modules') ? installed : checkout
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon is missing (${file}): ${todo}`)
  }
  try {
    loaded = require(file) as Native
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new RxGstError(
      'ERR_ADDON_NOT_BUILT',
      `the native addon does not load (${why}): run "npm rebuild rxgst"; the Debian packages ` +
        'libgstreamer1.0-0, libgstreamer-plugins-base1.0-0 and libyuv0 must be installed',
      { cause },
    )
  }
  return loaded
}
