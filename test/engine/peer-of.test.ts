import * as assert from 'uvu/assert'
import { gst, run, type RxGstError } from '../../src/index'
import { peerOf } from '../../src/engine/peer-of'
import { freePort } from '../support/peers/ports'
import { suite } from '../support/suite'

const test = suite('whom an element talks to')

test('host, port and application of its location, no key', () => {
  const graph = gst`rtmp2src name=in location="rtmp://host/app/secretkey" ! flvdemux name=d
    d.video ! flvmux ! rtmpsink name=out location="rtmp://user:word@other:1936/live/secretkey live=1"
    filesrc name=file location="/tmp/a.flv" ! fakesink name=none`
  const names = ['in', 'out', 'file', 'none', 'nobody']
  const other = 'rtmp://***@other:1936/live/***'
  assert.equal(
    names.map(name => peerOf(graph, name)),
    ['rtmp://host:1935/app/***', other, undefined, undefined, undefined],
  )
})

test("and so says the error of a graph of one's own", async () => {
  const port = await freePort()
  const p = run(gst`rtmp2src name=in location=${`rtmp://127.0.0.1:${port}/app/secretkey`} ! fakesink`)
  const error = await p.start().then(
    () => null,
    (reason: RxGstError) => reason,
  )
  assert.equal([error?.code, error?.element], ['ERR_CONNECTION_REFUSED', 'in'])
  assert.match(error!.message, `rtmp://127.0.0.1:${port}/app/***: `)
  assert.not.match(error!.message, 'secretkey')
  await p.stop()
})

test.run()
