// suite: deep
import { fakeHardware } from '../../support/fake-hardware'
import { AV1 } from '../lib/av1'
import { suiteOfHardware } from './enhanced'

const become = fakeHardware('nvav1enc=ok vaav1enc=ok', '1.26')
const nvenc = { vcodec: 'av1_nvenc', element: 'nvav1enc' } as const
// av1enc takes over: Debian 12 has no svtav1enc, which would be the next.
const test = suiteOfHardware(AV1, become, nvenc, { vcodec: 'av1_vaapi', element: 'vaav1enc' })

test.run()
