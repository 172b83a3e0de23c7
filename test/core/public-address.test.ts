import type { lookup as systemLookup, LookupAddress } from 'node:dns'
import * as assert from 'uvu/assert'
import { isPublicAddress, publicLookup } from '../../src/core/addresses/public-address'
import { suite } from '../support/suite'

const test = suite('public addresses')

test('what leads into a network is told from what leads out of it, in every spelling', () => {
  const inner = [
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fdff::1',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:0:0',
    '64:ff9b::10.0.0.1',
    '64:ff9b::',
    '64:ff9b:1::8.8.8.8',
    '2002:7f00:1::',
    '2001:0:53aa::1',
    '2001:db8::1',
    '100::1',
    '',
    'localhost',
    '127.1',
  ]
  const outer = [
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '192.167.0.1',
    '2606:4700::1111',
    '2a00::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ]
  assert.equal(inner.filter(isPublicAddress), [])
  assert.equal(
    outer.filter(address => !isPublicAddress(address)),
    [],
  )
})

test('a name is refused for one private address among its addresses, at the moment of the connection', async () => {
  const answers: (LookupAddress[] | Error)[] = [
    [{ address: '93.184.216.34', family: 4 }],
    [
      { address: '93.184.216.34', family: 4 },
      { address: '::1', family: 6 },
    ],
    [{ address: '10.0.0.1', family: 4 }],
    [],
    Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }),
  ]
  const fake = ((_host: string, _options: object, done: (error: Error | null, found: LookupAddress[]) => void) => {
    const next = answers.shift()!
    if (next instanceof Error) done(next, [])
    else done(null, next)
  }) as unknown as typeof systemLookup
  const guarded = publicLookup(fake)
  const look = (all: boolean): Promise<unknown> =>
    new Promise(resolve =>
      guarded('receiver.test', { all }, (error, address) =>
        resolve(error ? (error as NodeJS.ErrnoException).code : address),
      ),
    )
  assert.is(await look(false), '93.184.216.34')
  assert.is(await look(true), 'PRIVATE_ADDRESS')
  assert.is(await look(true), 'PRIVATE_ADDRESS')
  assert.is(await look(true), 'PRIVATE_ADDRESS')
  assert.is(await look(true), 'ENOTFOUND')
})

test.run()
