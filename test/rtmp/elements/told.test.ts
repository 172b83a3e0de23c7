import * as assert from 'uvu/assert'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { status } from '../../support/peers/rtmp/fields'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { running } from '../../e2e/lib/running'
import { publishing } from './graphs'

// What a server says to a publisher is told in its order, and before the error with which the publication ends.
const test = suite('rxrtmpsink: what is told', { timeout: 60_000 })

/**
 * In one turn. Fewer than are kept for whoever hears them, and than a server may tell a publisher. Where each wish had
 * a thread of its own, about one burst in ten came in another order: so many of them make the difference certain.
 */
const WISHES = 40
const [BURSTS, AT_ONCE, ROUNDS] = [6, 4, 6]

const wishes = (from: number): string[] => Array.from({ length: WISHES }, (_, i) => `wish ${from + i}`)

/** A server says all wishes of some bursts, then an error. */
async function tell(): Promise<void> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const heard: string[] = []
  await running(publishing(server.url()), async p => {
    p.bus$.subscribe(({ type, detail }) => {
      if (type === 'element' && detail.event !== undefined) heard.push(`${detail.event} ${detail.text ?? ''}`.trim())
      if (type === 'error') heard.push('error')
    })
    await p.start()
    const connection = await server.connection(0, ({ tags }) => tags.length > 10)
    const wish = (text: string): void => {
      const words = status('status', 'NetConnection.Connect.ReconnectRequest', text)
      // To nowhere.
      connection.command(0, 'onStatus', 0, null, { ...words, tcUrl: 'http://nowhere/' })
    }
    for (let burst = 1; burst < BURSTS; burst++) {
      wishes((burst - 1) * WISHES).forEach(wish)
      await until(() => heard.length === 1 + burst * WISHES, { what: () => heard.join(', ') })
    }
    wishes((BURSTS - 1) * WISHES).forEach(wish)
    connection.onStatus('error', 'NetStream.Publish.Denied', 'enough')
    connection.end('fin')
    await until(() => heard.includes('error'), { what: () => heard.join(', ') })
  })
  const said = Array.from({ length: BURSTS * WISHES }, (_, i) => `reconnect-requested wish ${i}`)
  assert.equal(heard, ['started', ...said, 'error'])
}

for (let round = 0; round < ROUNDS; round++) {
  test(`every wish to reconnect in its order, then the error: ${round}`, () =>
    Promise.all(Array.from({ length: AT_ONCE }, tell)))
}

test.run()
