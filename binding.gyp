{
  "target_defaults": {
    "include_dirs": ["native", "<!@(node -p \"require('node-addon-api').include_dir\")"],
    "defines": ["NAPI_VERSION=9", "NAPI_CPP_EXCEPTIONS", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
    "cflags": ["<!@(pkg-config --cflags gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0 gstreamer-audio-1.0 gio-2.0 libebur128)"],
    "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17"],
    # Warnings are errors in a checkout alone, which has tests: a compiler that is newer than ours must not keep
    # a user from installing.
    # GCC 12 warns of "x" + std::string where nothing is wrong (its bug 105651).
    "cflags_cc": ["-std=c++20", "-Wall", "-Wextra", "<!@(node -p \"require('fs').existsSync('test') ? '-Werror' : '-Wno-error'\")", "-Wno-unused-parameter", "-Wno-restrict", "-fvisibility=hidden"]
  },
  "targets": [
    {
      "target_name": "rxgst_loops",
      "type": "static_library",
      "sources": ["<!@(node scripts/lib/units.mjs loops)"],
      "cflags_cc": ["-O3"]
    },
    {
      "target_name": "rxgst",
      "dependencies": ["rxgst_loops"],
      "sources": ["<!@(node scripts/lib/units.mjs rest)"],
      # -O3 would take half as long again to compile, and gain nothing that can be measured: outside of the loops, the
      # addon takes one to two percent of the processor time of a capture.
      "cflags_cc": ["-O1"],
      "libraries": ["<!@(pkg-config --libs gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0 gstreamer-audio-1.0 gio-2.0 libebur128)", "-lyuv"],
      "ldflags": ["-Wl,-z,now"]
    }
  ]
}
