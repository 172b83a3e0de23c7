/** Debian packages that the addon needs to load, for messages. A test compares them with scripts/lib/packages.mjs. */
export const RUNTIME_PACKAGES: readonly string[] = [
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-ugly',
  'gstreamer1.0-libav',
  'gstreamer1.0-x',
  'glib-networking',
  'ca-certificates',
  'libebur128-1',
  'libyuv0',
]
