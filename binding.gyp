{
  "targets": [
    {
      "target_name": "rxgst",
      "sources": ["<!@(node scripts/lib/units.mjs)"],
      "include_dirs": ["native", "<!@(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=9", "NAPI_CPP_EXCEPTIONS", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "cflags": ["<!@(pkg-config --cflags gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0 gstreamer-audio-1.0 gio-2.0 libebur128)"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17"],
      # GCC 12 warns of "x" + std::string where nothing is wrong (its bug 105651).
      "cflags_cc": ["-std=c++20", "-O3", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wno-restrict", "-fvisibility=hidden"],
      "libraries": ["<!@(pkg-config --libs gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0 gstreamer-audio-1.0 gio-2.0 libebur128)", "-lyuv"],
      "ldflags": ["-Wl,-z,now"]
    }
  ]
}
