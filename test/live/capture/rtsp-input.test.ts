import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/core/errors'
import { RtspInput } from '../../../src/live/capture/inputs/rtsp-input'
import { suite } from '../../support/suite'

const test = suite('rtsp-input')

const ADDRESS = 'rtsp://127.0.0.1:9/stream'
const said = (text: string): RxGstError => {
  const at = { element: 'rtspsrc0', factory: 'rtspsrc', domain: 'gst-resource-error-quark' }
  const gst = { ...at, code: 1, text, debug: '' }
  return new RxGstError('ERR_PLAY_REJECTED', text, { gst })
}
const refused = said('Unsupported Transport')

test('TCP, then UDP at once where the server refuses TCP; one that refuses both is asked for TCP again', () => {
  const input = new RtspInput(ADDRESS, 'auto')
  const tries = [refused, refused, refused].map(error => [input.replaced(error), input.transport])
  assert.equal(tries, [
    [true, 'rtsp-udp'],
    [false, 'rtsp-tcp'],
    [true, 'rtsp-udp'],
  ])
  assert.equal([input.replaced(said('Not Found')), input.transport], [false, 'rtsp-udp'])
})

test('a transport that was asked for is kept', () => {
  for (const wanted of ['tcp', 'udp'] as const) {
    const input = new RtspInput(ADDRESS, wanted)
    assert.equal([input.replaced(refused), input.transport], [false, `rtsp-${wanted}`])
  }
})

test.run()
