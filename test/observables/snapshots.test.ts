import { NEVER, Subject, take, toArray, lastValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { snapshots } from '../../src/observables/snapshots'
import { suite } from '../support/suite'
import { sleep } from '../support/until'

const test = suite('snapshots')

test('reads when it is time, and no more once nobody listens', async () => {
  let reads = 0
  const seen = await lastValueFrom(snapshots(() => ++reads, 5, NEVER).pipe(take(3), toArray()))
  assert.equal(seen, [1, 2, 3])
  await sleep(30)
  assert.is(reads, 3)
})

test('the end brings a last one; an end that is over already too', async () => {
  const end = new Subject<never>()
  const values = lastValueFrom(snapshots(() => 'value', 60_000, end).pipe(toArray()))
  end.complete()
  assert.equal(await values, ['value'])
  assert.equal(await lastValueFrom(snapshots(() => 'late', 60_000, end).pipe(toArray())), ['late'])
})

test('an error of the reading is an error of the observable, and the last thing', async () => {
  let reads = 0
  const error = await new Promise(resolve => {
    snapshots(
      () => {
        if (++reads === 2) throw new Error('no pad')
        return reads
      },
      5,
      NEVER,
    ).subscribe({ error: resolve })
  })
  assert.match(String(error), /no pad/)
  await sleep(30)
  assert.is(reads, 2)
})

test.run()
