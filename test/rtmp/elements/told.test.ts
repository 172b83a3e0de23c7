import * as assert from 'uvu/assert'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { status } from '../../support/peers/rtmp/fields'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { running } from '../../e2e/lib/running'
import { publishing } from './graphs'

// What a server says to a publisher is told in its order, and before the error with which the publication ends.
const test = suite('rxrtmpsink: what is told', { timeout: 60_000 })

const WISHES = 40

test('every wish to reconnect in its order, then the error', async () => {
  for (let round = 0; round < 5; round++) {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const heard: string[] = []
    await running(publishing(server.url()), async p => {
      p.bus$.subscribe(({ type, detail }) => {
        if (type === 'element' && detail.event !== undefined) heard.push(`${detail.event} ${detail.text ?? ''}`.trim())
        if (type === 'error') heard.push('error')
      })
      await p.start()
      const connection = await server.connection(0, ({ tags }) => tags.length > 10)
      // In one turn, and to nowhere.
      const code = 'NetConnection.Connect.ReconnectRequest'
      for (let i = 0; i < WISHES; i++)
        connection.command(0, 'onStatus', 0, null, { ...status('status', code, `wish ${i}`), tcUrl: 'http://nowhere/' })
      connection.onStatus('error', 'NetStream.Publish.Denied', 'enough')
      connection.end('fin')
      await until(() => heard.includes('error'), { what: () => heard.join(', ') })
    })
    const wishes = Array.from({ length: WISHES }, (_, i) => `reconnect-requested wish ${i}`)
    assert.equal(heard, ['started', ...wishes, 'error'])
  }
})

test.run()
