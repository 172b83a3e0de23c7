import * as assert from 'uvu/assert'
import { RTMPCapture } from '../../../src/index'
import { audioDecoders } from '../../../src/live/codec/audio-decoders'
import { AUDIO_CODECS } from '../../../src/pipelines/audio-codecs'
import { freePort } from '../../support/peers/ports'
import { suite } from '../../support/suite'

const test = suite('decoders of sound')

test('are loaded by who decodes, not by who only watches', async () => {
  // Nobody is there: what is loaded is loaded before that is found out.
  const url = `rtmp://127.0.0.1:${await freePort()}/app/stream`
  for (const decode of [false, true]) {
    await using capture = new RTMPCapture(url, { decode })
    assert.is(
      await capture.start().then(
        () => '',
        ({ code }) => code,
      ),
      'ERR_CONNECTION_REFUSED',
    )
    // Until then, these are all that the library knows.
    assert.is(audioDecoders() !== AUDIO_CODECS, decode)
  }
})

test.run()
