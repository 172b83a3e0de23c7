/** One line as people type it behind gst-launch-1.0, in a shell. */
export interface LaunchLine {
  readonly line: string
  /** The manual page gst-launch-1.0(1), or GStreamer's documentation: tutorials, elements' pages, plugin guides. */
  readonly from: 'man' | 'docs'
  /** What it needs to run that a server without screen, sound card and network lacks; absent: it runs anywhere. */
  readonly needs?: 'file' | 'screen' | 'sound' | 'network' | 'device' | 'disc'
  /** Why GStreamer of Debian 12 refuses it, in its own words. */
  readonly refused?: string
}

/** Forty lines, and more, as they stand there; only a `\` at a line's end is gone. */
export const LAUNCH_LINES: readonly LaunchLine[] = [
  {
    from: 'man',
    needs: 'file',
    line: 'filesrc location=music.mp3 ! mpegaudioparse ! mpg123audiodec ! audioconvert ! audioresample ! pulsesink',
  },
  {
    from: 'man',
    needs: 'file',
    line: 'filesrc location=music.ogg ! oggdemux ! vorbisdec ! audioconvert ! audioresample ! pulsesink',
  },
  {
    from: 'man',
    needs: 'file',
    line: 'giosrc location=music.mp3 ! mpegaudioparse ! mpg123audiodec ! audioconvert ! pulsesink',
  },
  {
    from: 'man',
    needs: 'network',
    line:
      'giosrc location=http://domain.com/music.mp3 ! mpegaudioparse ! mpg123audiodec ! audioconvert ! ' +
      'audioresample ! pulsesink',
  },
  {
    from: 'man',
    needs: 'file',
    line:
      'filesrc location=music.mp3 ! mpegaudioparse ! mpg123audiodec ! audioconvert ! vorbisenc ! oggmux ' +
      '! filesink location=music.ogg',
  },
  {
    from: 'man',
    needs: 'file',
    line:
      'filesrc location=music.mp3 ! mpegaudioparse ! mpg123audiodec ! audioconvert ! flacenc ! filesink ' +
      'location=test.flac',
  },
  {
    from: 'man',
    needs: 'file',
    line: 'filesrc location=music.wav ! wavparse ! audioconvert ! audioresample ! pulsesink',
  },
  {
    from: 'man',
    needs: 'file',
    line: 'filesrc location=music.wav ! wavparse ! audioconvert ! vorbisenc ! oggmux ! filesink location=music.ogg',
  },
  {
    from: 'man',
    needs: 'file',
    line: 'filesrc location=music.wav ! wavparse ! audioconvert ! lamemp3enc ! filesink location=music.mp3',
  },
  {
    from: 'man',
    needs: 'disc',
    line:
      'cdparanoiasrc mode=continuous ! audioconvert ! lamemp3enc ! mpegaudioparse ! id3v2mux ! filesink ' +
      'location=cd.mp3',
  },
  {
    from: 'man',
    needs: 'disc',
    line:
      'cdparanoiasrc track=5 ! audioconvert ! lamemp3enc ! mpegaudioparse ! id3v2mux ! filesink ' +
      'location=track5.mp3',
  },
  {
    from: 'man',
    needs: 'disc',
    line: 'cdda://5 ! lamemp3enc vbr=new vbr-quality=6 ! filesink location=track5.mp3',
    refused: 'no property "vbr" in element "lamemp3enc"',
  },
  { from: 'man', needs: 'sound', line: 'pulsesrc ! audioconvert ! vorbisenc ! oggmux ! filesink location=input.ogg' },
  {
    from: 'man',
    needs: 'file',
    line: 'filesrc location=JB_FF9_TheGravityOfLove.mpg ! dvddemux ! mpegvideoparse ! mpeg2dec ! xvimagesink',
    refused: 'no element "dvddemux"',
  },
  {
    from: 'man',
    needs: 'file',
    line:
      'filesrc location=movie.mpg ! dvddemux name=demuxer  demuxer. ! queue ! mpegvideoparse ! mpeg2dec ' +
      '! sdlvideosink  demuxer. ! queue ! mpegaudioparse ! mpg123audiodec ! audioconvert ! ' +
      'audioresample ! pulsesink',
    refused: 'no element "dvddemux"',
  },
  {
    from: 'man',
    needs: 'screen',
    line:
      'textoverlay name=overlay ! videoconvert ! videoscale ! autovideosink   filesrc ' +
      'location=movie.avi ! decodebin ! videoconvert ! overlay.video_sink   filesrc location=movie.srt ' +
      '! subparse ! overlay.text_sink',
  },
  { from: 'man', needs: 'screen', line: 'playbin uri=file:///path/to/movie.avi suburi=file:///path/to/movie.srt' },
  {
    from: 'man',
    needs: 'device',
    line:
      'v4l2src ! video/x-raw,width=128,height=96,format=UYVY ! videoconvert ! ffenc_h263 ! video/x-h263 ' +
      '! rtph263ppay pt=96 ! udpsink host=192.168.1.1 port=5000',
    refused: 'no element "ffenc_h263"',
  },
  {
    from: 'man',
    needs: 'network',
    line:
      'udpsrc port=5000 ! application/x-rtp, clock-rate=90000,payload=96 ! rtph263pdepay queue-delay=0 ' +
      '! ffdec_h263 ! xvimagesink',
    refused: 'no property "queue-delay" in element "rtph263pdepay"',
  },
  { from: 'man', line: 'fakesrc num-buffers=16 ! fakesink' },
  { from: 'man', needs: 'sound', line: 'audiotestsrc ! audioconvert ! audioresample ! pulsesink' },
  { from: 'man', needs: 'screen', line: 'videotestsrc ! xvimagesink' },
  {
    from: 'man',
    needs: 'sound',
    line: 'filesrc location=musicfile ! decodebin ! audioconvert ! audioresample ! pulsesink',
  },
  {
    from: 'man',
    needs: 'screen',
    line:
      'filesrc location=videofile ! decodebin name=decoder decoder. ! queue ! audioconvert ! ' +
      'audioresample ! pulsesink decoder. ! videoconvert ! xvimagesink',
  },
  {
    from: 'man',
    needs: 'screen',
    line: "videotestsrc ! 'video/x-raw,format=YUY2;video/x-raw,format=YV12' ! xvimagesink",
  },
  {
    from: 'man',
    needs: 'sound',
    line:
      "pulsesrc ! 'audio/x-raw,rate=[32000,64000],format={S16LE,S24LE,S32LE}' ! wavenc ! filesink " +
      'location=recording.wav',
  },

  { from: 'docs', needs: 'screen', line: 'videotestsrc pattern=11 ! videoconvert ! autovideosink' },
  {
    from: 'docs',
    needs: 'screen',
    line: 'videotestsrc ! videoconvert ! tee name=t ! queue ! autovideosink t. ! queue ! autovideosink',
  },
  {
    from: 'docs',
    needs: 'network',
    line:
      'souphttpsrc location=https://gstreamer.freedesktop.org/data/media/sintel_trailer-480p.webm ! ' +
      'matroskademux name=d d.video_0 ! matroskamux ! filesink location=sintel_video.mkv',
  },
  {
    from: 'docs',
    needs: 'network',
    line:
      'souphttpsrc location=https://gstreamer.freedesktop.org/data/media/sintel_trailer-480p.webm ! ' +
      'matroskademux ! video/x-vp8 ! matroskamux ! filesink location=sintel_video.mkv',
  },
  {
    from: 'docs',
    needs: 'network',
    line:
      'uridecodebin uri=https://gstreamer.freedesktop.org/data/media/sintel_trailer-480p.webm name=d ! ' +
      'queue ! theoraenc ! oggmux name=m ! filesink location=sintel.ogg d. ! queue ! audioconvert ! ' +
      'audioresample ! flacenc ! m.',
  },
  {
    from: 'docs',
    needs: 'network',
    line:
      'uridecodebin uri=https://gstreamer.freedesktop.org/data/media/sintel_trailer-480p.webm ! queue ! ' +
      'videoscale ! video/x-raw,width=320,height=200 ! videoconvert ! autovideosink',
  },
  {
    from: 'docs',
    needs: 'screen',
    line:
      'videotestsrc pattern=1 ! ' +
      'video/x-raw,format=AYUV,framerate=\\(fraction\\)10/1,width=100,height=100 ! queue ! videobox ' +
      'border-alpha=0 top=-70 bottom=-70 right=-220 ! compositor name=comp sink_0::alpha=0.7 ' +
      'sink_1::alpha=0.5 ! videoconvert ! xvimagesink videotestsrc ! ' +
      'video/x-raw,format=AYUV,framerate=\\(fraction\\)5/1,width=320,height=240 ! comp.',
  },
  {
    from: 'docs',
    line:
      'audiotestsrc freq=100 num-buffers=20 ! audiomixer name=mix ! audioconvert ! fakesink ' +
      'audiotestsrc freq=500 num-buffers=20 ! mix.',
  },
  {
    from: 'docs',
    line:
      'videotestsrc num-buffers=50 ! video/x-raw, width=320, height=240, framerate=25/1 ! x264enc ' +
      'bitrate=1000 tune=zerolatency ! h264parse ! mp4mux ! filesink location=/dev/null',
  },
  { from: 'docs', line: 'videotestsrc num-buffers=1 ! jpegenc ! filesink location=/dev/null' },
  {
    from: 'docs',
    line:
      'audiotestsrc num-buffers=100 ! audioconvert ! opusenc ! webmmux name=mux ! fakesink  ' +
      'videotestsrc num-buffers=10 ! vp8enc deadline=1 ! mux.',
  },
  {
    from: 'docs',
    line:
      'audiotestsrc num-buffers=10 ! "audio/x-raw,rate=44100,channels=2" ! audioconvert ! avenc_aac ' +
      'bitrate=128000 ! aacparse ! mpegtsmux ! fakesink',
  },
  {
    from: 'docs',
    needs: 'network',
    line: 'videotestsrc ! x264enc ! rtph264pay config-interval=10 pt=96 ! udpsink host=127.0.0.1 port=5000',
  },
  {
    from: 'docs',
    needs: 'network',
    line:
      'udpsrc port=5000 caps="application/x-rtp, media=(string)video, clock-rate=(int)90000, ' +
      'encoding-name=(string)H264, payload=(int)96" ! rtph264depay ! h264parse ! avdec_h264 ! ' +
      'videoconvert ! fakesink',
  },
  {
    from: 'docs',
    needs: 'network',
    line:
      'rtpbin name=rtpbin v4l2src ! videoconvert ! avenc_h263p ! rtph263ppay ! rtpbin.send_rtp_sink_0 ' +
      'rtpbin.send_rtp_src_0 ! udpsink port=5000 rtpbin.send_rtcp_src_0 ! udpsink port=5001 sync=false ' +
      'async=false udpsrc port=5005 ! rtpbin.recv_rtcp_sink_0',
  },
  {
    from: 'docs',
    needs: 'network',
    line:
      'rtspsrc location=rtsp://127.0.0.1:8554/test latency=0 ! rtph264depay ! h264parse ! splitmuxsink ' +
      'location=cam%05d.mp4 max-size-time=60000000000',
  },
  {
    from: 'docs',
    needs: 'network',
    line:
      'videotestsrc is-live=true ! video/x-raw,format=I420,width=1280,height=720 ! x264enc ' +
      'tune=zerolatency speed-preset=veryfast key-int-max=60 ! flvmux streamable=true name=mux ! ' +
      'rtmp2sink location="rtmp://127.0.0.1/live/test"  audiotestsrc is-live=true wave=ticks ! voaacenc ' +
      'bitrate=128000 ! mux.',
  },
  {
    from: 'docs',
    line:
      'videotestsrc num-buffers=30 ! clockoverlay halignment=right valignment=bottom text="Edge City" ' +
      'shaded-background=true font-desc="Sans, 36" ! videoconvert ! fakesink',
  },
  {
    from: 'docs',
    line:
      'videotestsrc num-buffers=20 ! tee name=t t. ! queue max-size-buffers=0 max-size-time=0 ' +
      'max-size-bytes=0 ! fakesink t. ! queue leaky=downstream ! videorate ! video/x-raw,framerate=1/1 ' +
      '! pngenc snapshot=true ! fakesink sync=false',
  },
  { from: 'docs', line: 'videotestsrc num-buffers=10 ! \\( queue ! identity \\) ! fakesink' },
  { from: 'docs', line: 'audiotestsrc num-buffers=10 ! audioconvert ! deinterleave name=d d.src_0 ! queue ! fakesink' },
  {
    from: 'docs',
    line:
      'interleave name=i ! audioconvert ! wavenc ! fakesink  audiotestsrc num-buffers=10 ! audioconvert ' +
      '! "audio/x-raw,channels=1,channel-mask=(bitmask)0x1" ! queue ! i.sink_0  audiotestsrc ' +
      'num-buffers=10 ! audioconvert ! "audio/x-raw,channels=1,channel-mask=(bitmask)0x2" ! queue ! ' +
      'i.sink_1',
  },
  {
    from: 'docs',
    line:
      'videotestsrc num-buffers=10 ! capsfilter ' +
      'caps="video/x-raw,format=(string){I420,NV12},width=[16,640]" ! videoconvert ! videoflip ' +
      'video-direction=90r ! videobalance saturation=0.5 hue=-0.1 ! fakesink',
  },
  {
    from: 'docs',
    line: 'fakesrc num-buffers=3 sizetype=fixed sizemax=1000 ! multiqueue name=q q. ! fakesink silent=false',
  },
  {
    from: 'docs',
    needs: 'file',
    line:
      'filesrc location=movie.mp4 ! qtdemux name=demux demux.audio_0 ! queue ! aacparse ! m.audio ' +
      'demux.video_0 ! queue ! h264parse ! m.video flvmux name=m streamable=true ! filesink ' +
      'location=movie.flv',
  },
  {
    from: 'docs',
    needs: 'file',
    line: 'filesrc location=a.mp4 ! parsebin ! matroskamux ! hlssink2.video',
    refused: 'No sink-element named "(null)" - omitting link',
  },
]
