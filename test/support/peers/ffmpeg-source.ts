/** A test stream, as a foreign encoder would make it. */
export interface Source {
  /** Default '640x360'. */
  size?: string
  /** Default 30. */
  fps?: number
  /**
   * 'testsrc2' (default), 'testsrc', 'smptebars' …: a lavfi source; 'color=red': one with an option; 'noise': hard to
   * compress; 'flash': black, and white in the first 100 ms of every second (with audio.beep: to measure A/V offset);
   * 'moving-flash': on testsrc2, and white only in the quarters that give the second's number modulo 8 (with
   * audio.numbered).
   */
  pattern?: string
  /** Default true. */
  video?: boolean
  /** null = none. Default: a 440 Hz tone, 44100 Hz stereo. */
  audio?: AudioSource | null
  /** Frames between keyframes. Default: one second. */
  gop?: number
  /** Default 0; with any, x264 runs without zerolatency, as OBS does. */
  bframes?: number
  /** Converts with this matrix and says so in the stream (limited range). Absent or null: untagged. */
  colorspace?: 'bt601' | 'bt709' | null
  /** Default '1M'. */
  bitrate?: string
  /** Seconds; without it the stream does not end. */
  duration?: number
  /** Seconds by which the sound starts after the picture. Default 0. */
  audioDelay?: number
  /** x264's profile: 'baseline', 'main', 'high'. */
  profile?: string
  /** x264's own options, such as 'slices=4'. */
  x264?: string
}

export interface AudioSource {
  /** Default 44100. */
  rate?: number
  /** Default 2. */
  channels?: number
  /** Hz; one for all channels or one for each. Default 440. */
  frequency?: number | number[]
  /** 0 … 1. Default 0.5. */
  amplitude?: number
  /** Only in the first 100 ms of every second. */
  beep?: boolean
  /** A beep's frequency is its second's number modulo 8: beepFrequency(). */
  numbered?: boolean
  bitrate?: string
  /** ffmpeg's name of the encoder. Default 'aac'. */
  codec?: string
  /** ffmpeg's name of the layout. Default: the usual one of so many channels. */
  layout?: string
}

const TAGS = {
  bt601: ['smpte170m', 'smpte170m', 'smpte170m'],
  bt709: ['bt709', 'bt709', 'bt709'],
}

/** ffmpeg's arguments for its inputs and encoders; `pace` makes it run in real time. */
export function sourceArgs(source: Source, pace: boolean): string[] {
  const { video = true, audio = {}, duration } = source
  const read = pace ? ['-re'] : []
  const limit = duration === undefined ? [] : ['-t', String(duration)]
  const args: string[] = []
  if (video) args.push(...read, '-f', 'lavfi', ...limit, '-i', picture(source))
  if (audio) {
    const delay = source.audioDelay ? ['-itsoffset', String(source.audioDelay)] : []
    args.push(...read, ...delay, '-f', 'lavfi', ...limit, '-i', sound(audio))
  }
  if (video) args.push(...videoArgs(source))
  if (audio) args.push('-c:a', audio.codec ?? 'aac', '-b:a', audio.bitrate ?? '128k')
  return args
}

/** Which quarters of a flash say which one it is: bit 0, 1 and 2 of its second. The first quarter is always white. */
const CORNERS = [
  [1, 0],
  [0, 1],
  [1, 1],
] as const

const flash = (color = 'white', place = '', also = ''): string =>
  `drawbox=${place ? `${place}:` : ''}color=${color}:thickness=fill:enable='lt(mod(t+0.001,1),0.1)${also}'`

/** Hz of the beep in a second of a numbered source. */
export const beepFrequency = (second: number): number => 600 + 300 * (second % 8)

function picture({ size = '640x360', fps = 30, pattern = 'testsrc2' }: Source): string {
  const from = (name: string) => `${name}${name.includes('=') ? ':' : '='}size=${size}:rate=${fps}`
  if (pattern === 'noise') return `${from('color=gray')},noise=alls=80:allf=t+u`
  // A colour that is never still. Black has less noise: with more, some pictures of each second are too bright for it.
  if (pattern.startsWith('noisy-')) {
    const colour = pattern.slice('noisy-'.length)
    return `${from(`color=${colour}`)},noise=alls=${colour === 'black' ? 24 : 60}:allf=t+u`
  }
  if (pattern === 'flash') return `${from('color=black')},${flash()}`
  if (pattern === 'moving-flash') {
    const bits = CORNERS.map(([x, y], bit) => {
      const place = `x=${x ? 'iw/2' : 0}:y=${y ? 'ih/2' : 0}:w=iw/2:h=ih/2`
      return flash('black', place, `*not(mod(floor((t+0.001)/${2 ** bit}),2))`)
    })
    return [from('testsrc2'), flash(), ...bits].join(',')
  }
  return from(pattern)
}

function sound({
  rate = 44100,
  channels = 2,
  frequency = 440,
  amplitude = 0.5,
  beep = false,
  numbered = false,
  layout,
}: AudioSource): string {
  const pitch = (hz: number) => (numbered ? '(600+300*mod(floor(t),8))' : hz)
  const tone = (hz: number) => `${amplitude}*sin(2*PI*${pitch(hz)}*t)${beep ? '*lt(mod(t,1),0.1)' : ''}`
  const list = [frequency].flat()
  const tones = Array.from({ length: channels }, (_, i) => tone(list[i % list.length]!))
  // aevalsrc counts samples, so that the sine's phase goes on without a jump.
  return `aevalsrc=exprs='${tones.join('|')}':sample_rate=${rate}:channel_layout=${layout ?? `${channels}c`}`
}

function videoArgs(source: Source): string[] {
  const { fps = 30, gop = fps, bframes = 0, colorspace = null, bitrate = '1M', profile, x264 } = source
  // From RGB, so that the matrix is applied for certain: some sources make YUV of their own.
  const matrix = colorspace ? `format=gbrp,scale=out_color_matrix=${colorspace}:out_range=tv,` : ''
  const args = ['-vf', `${matrix}format=yuv420p`, '-c:v', 'libx264', '-preset', 'ultrafast']
  args.push('-b:v', bitrate, '-maxrate', bitrate, '-bufsize', bitrate)
  args.push('-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0')
  args.push('-bf', String(bframes))
  if (bframes === 0) args.push('-tune', 'zerolatency')
  if (profile) args.push('-profile:v', profile)
  if (x264) args.push('-x264-params', x264)
  if (colorspace) {
    const [space, primaries, transfer] = TAGS[colorspace] as [string, string, string]
    args.push('-colorspace', space, '-color_primaries', primaries, '-color_trc', transfer, '-color_range', 'tv')
  }
  return args
}
