/** Which Debian 12 package an element that rxgst uses comes in. */
const PACKAGES: Readonly<Record<string, string>> = {
  rtmp2src: 'gstreamer1.0-plugins-bad',
  rtmp2sink: 'gstreamer1.0-plugins-bad',
  rtmpsrc: 'gstreamer1.0-plugins-bad',
  rtmpsink: 'gstreamer1.0-plugins-bad',
  h264parse: 'gstreamer1.0-plugins-bad',
  openh264enc: 'gstreamer1.0-plugins-bad',
  nvh264enc: 'gstreamer1.0-plugins-bad (and NVIDIA\'s driver)',
  nvh264dec: 'gstreamer1.0-plugins-bad (and NVIDIA\'s driver)',
  vah264enc: 'gstreamer1.0-plugins-bad (and a VA driver such as intel-media-va-driver or mesa-va-drivers)',
  vah264dec: 'gstreamer1.0-plugins-bad (and a VA driver such as intel-media-va-driver or mesa-va-drivers)',
  x264enc: 'gstreamer1.0-plugins-ugly',
  flvdemux: 'gstreamer1.0-plugins-good',
  aacparse: 'gstreamer1.0-plugins-good',
  avdec_h264: 'gstreamer1.0-libav',
  avdec_aac: 'gstreamer1.0-libav',
  avenc_aac: 'gstreamer1.0-libav',
  videoconvert: 'gstreamer1.0-plugins-base',
  audioconvert: 'gstreamer1.0-plugins-base',
  audioresample: 'gstreamer1.0-plugins-base',
  appsrc: 'gstreamer1.0-plugins-base',
  appsink: 'gstreamer1.0-plugins-base',
}

export function debianPackage(factory: string): string {
  return PACKAGES[factory] ?? 'that holds it (apt-file search, or packages.debian.org)'
}
