// What the real elements tell of themselves: pad templates and properties, by version of GStreamer, as their sources
// have them (gst-plugins-bad 1.22.0 and 1.26.2, sys/nvcodec and sys/va; gstreamer-vaapi 1.22). A graph that the real
// element does not take is not taken here either. Sizes are those of a card of 2016 and later.
#pragma once
#include <string_view>

namespace fake {

struct ElementFacts {
  std::string_view factory;
  /** Which versions: "1.22", "1.26", "" for both. */
  std::string_view version;
  const char* sink;
  const char* src;
  /**
   * One a line: name, kind (b: boolean, i: gint, u: guint, d: gdouble, t: gint64, s: string, e: enum), then minimum,
   * maximum and default of a number, the values of an enum; "=" before the kind: it can only be read.
   */
  const char* properties;
  /** Pictures that it holds back: while the source does not say that it is live, and while it does. */
  unsigned held = 0;
  unsigned held_live = 0;
  /** Asks for an OpenGL display when it is opened. */
  bool asks_for_display = false;
};

#define NVENC_PROFILES "profile = { (string)main, (string)high, (string)constrained-baseline, (string)baseline }"
#define NVENC_PRESETS "default hp hq low-latency low-latency-hq low-latency-hp lossless lossless-hp"
#define NVENC_RC_MODES "default constqp cbr vbr vbr-minqp cbr-ld-hq cbr-hq vbr-hq"
#define PROGRESSIVE "interlace-mode = (string) progressive"
#define NVENC_126_RAW "format = (string) { NV12, Y444, VUYA, RGBA, RGBx, BGRA, BGRx }, " PROGRESSIVE ", " NVENC_SIZE
#define NVDEC_SIZE "width = [ 48, 4096 ], height = [ 16, 4096 ]"
#define NVENC_SIZE "width = [ 160, 4096 ], height = [ 64, 4096 ]"

/** system and cuda: the same caps in the computer's memory and in the card's. */
#define IN_CUDA(caps) \
  "video/x-raw(memory:CUDAMemory), " caps "; video/x-raw(memory:GLMemory), " caps "; video/x-raw, " caps
#define IN_VA(caps) "video/x-raw(memory:VAMemory), " caps "; video/x-raw, " caps

#define NVCUDAENC_PROPERTIES                                                                                  \
  "aq-strength u 0 15 0\naud b 1\nb-adapt b 0\nb-frames u 0 4 0\nbitrate u 0 2048000 0\ncabac b 1\n"          \
  "const-quality d 0 51 0\ngop-size i -1 2147483647 30\ni-adapt b 0\nmax-bitrate u 0 2048000 0\n"             \
  "max-qp-b i -1 51 -1\nmax-qp-i i -1 51 -1\nmax-qp-p i -1 51 -1\nmin-qp-b i -1 51 -1\nmin-qp-i i -1 51 -1\n" \
  "min-qp-p i -1 51 -1\nnonref-p b 0\npreset e " NVENC_PRESETS                                                \
  "\nqp-b i -1 51 -1\nqp-i i -1 51 -1\nqp-p i -1 51 -1\n"                                                     \
  "rate-control e vbr cqp cbr cbr-ld-hq cbr-hq vbr-hq\nrc-lookahead u 0 32 0\nrepeat-sequence-header b 0\n"   \
  "spatial-aq b 0\nstrict-gop b 0\ntemporal-aq b 0\nvbv-buffer-size u 0 4294967295 0\nweighted-pred b 0\n"    \
  "zero-reorder-delay b 0\n"

/** Of the older NVENC elements, of either codec. */
#define NVENC_122_PROPERTIES                                                                                     \
  "aq-strength u 0 15 0\naud b 1\nb-adapt b 0\nbframes u 0 4 0\nbitrate u 0 2048000 0\nconst-quality d 0 51 0\n" \
  "=cuda-device-id u 0 4294967295 0\ngop-size i -1 2147483647 75\ni-adapt b 0\nmax-bitrate u 0 2048000 0\n"      \
  "nonref-p b 0\n"                                                                                               \
  "preset e " NVENC_PRESETS                                                                                      \
  "\nqp-const i -1 51 -1\nqp-const-b i -1 51 -1\nqp-const-i i -1 51 -1\n"                                        \
  "qp-const-p i -1 51 -1\n"                                                                                      \
  "qp-max i -1 51 -1\nqp-max-b i -1 51 -1\nqp-max-i i -1 51 -1\nqp-max-p i -1 51 -1\nqp-min i -1 51 -1\n"        \
  "qp-min-b i -1 51 -1\nqp-min-i i -1 51 -1\nqp-min-p i -1 51 -1\nrc-lookahead u 0 32 0\n"                       \
  "rc-mode e " NVENC_RC_MODES                                                                                    \
  "\n"                                                                                                           \
  "spatial-aq b 0\nstrict-gop b 0\ntemporal-aq b 0\nvbv-buffer-size u 0 4294967295 0\nweighted-pred b 0\n"       \
  "zerolatency b 0\n"

/** Those of HEVC have no `cabac`. */
#define NVENC_126_PROPERTIES                                                                                        \
  "aq-strength u 0 15 0\naud b 1\nb-adapt b 0\nbframes u 0 4 0\nbitrate u 0 2048000 0\n"                            \
  "cc-insert e insert insert-and-drop disabled\nconst-quality d 0 51 0\ngop-size i -1 2147483647 30\ni-adapt b 0\n" \
  "max-bitrate u 0 2048000 0\nmulti-pass e default disabled two-pass-quarter two-pass\nnonref-p b 0\n"              \
  "preset e " NVENC_PRESETS                                                                                         \
  " p1 p2 p3 p4 p5 p6 p7\nqp-const i -1 51 -1\nqp-const-b i -1 51 -1\n"                                             \
  "qp-const-i i -1 51 -1\nqp-const-p i -1 51 -1\nqp-max i -1 51 -1\nqp-max-b i -1 51 -1\nqp-max-i i -1 51 -1\n"     \
  "qp-max-p i -1 51 -1\nqp-min i -1 51 -1\nqp-min-b i -1 51 -1\nqp-min-i i -1 51 -1\nqp-min-p i -1 51 -1\n"         \
  "rc-lookahead u 0 32 0\nrc-mode e " NVENC_RC_MODES                                                                \
  "\nrepeat-sequence-header b 0\nspatial-aq b 0\nstrict-gop b 0\n"                                                  \
  "temporal-aq b 0\ntune e default high-quality low-latency ultra-low-latency lossless\n"                           \
  "vbv-buffer-size u 0 4294967295 0\nweighted-pred b 0\nzerolatency b 0\n"

#define VAENC_PROPERTIES                                                                                             \
  "aud b 0\nb-frames u 0 31 0\nb-pyramid b 0\nbitrate u 0 2048000 0\ncabac b 1\ncc-insert b 1\n"                     \
  "cpb-size u 0 2048000 0\ndct8x8 b 1\n=device-path s\ni-frames u 0 1023 0\nkey-int-max u 0 1024 0\n"                \
  "max-qp u 0 51 51\n"                                                                                               \
  "mbbrc e auto enabled disabled\nmin-qp u 0 51 1\nnum-slices u 1 200 1\nqpb u 0 51 26\nqpi u 0 51 26\n"             \
  "qpp u 0 51 26\n"                                                                                                  \
  "rate-control e cbr vbr cqp\nref-frames u 0 16 3\ntarget-percentage u 50 100 66\ntarget-usage u 1 7 4\ntrellis b " \
  "0\n"

#define VAENC_265_PROPERTIES                                                                                       \
  "aud b 0\nb-frames u 0 31 0\nb-pyramid b 0\nbitrate u 0 2048000 0\ncpb-size u 0 2048000 0\n=device-path s\n"     \
  "i-frames u 0 1023 0\nkey-int-max u 0 1024 0\nmax-qp u 0 51 51\nmbbrc e auto enabled disabled\n"                 \
  "min-qp u 0 51 1\nnum-slices u 1 200 1\nnum-tile-cols u 1 20 1\nnum-tile-rows u 1 22 1\nqpb u 0 51 26\n"         \
  "qpi u 0 51 26\nqpp u 0 51 26\nrate-control e cbr vbr cqp\nref-frames u 0 15 3\ntarget-percentage u 50 100 66\n" \
  "target-usage u 1 7 4\ntrellis b 0\n"

#define H265_BYTES "video/x-h265, stream-format = (string) byte-stream, alignment = (string) au"
#define H265_BOTH "video/x-h265, stream-format = (string) { hvc1, hev1, byte-stream }, alignment = (string) au"
#define NVENC_265_SIZE "width = [ 144, 8192 ], height = [ 144, 8192 ]"
#define NVENC_265_PROFILES ", profile = (string) { main, main-10, main-444 }"
#define VA_265_SIZE "width = [ 128, 8192 ], height = [ 128, 8192 ]"
#define VA_265_PROFILES ", profile = (string) { main, main-10 }, " VA_265_SIZE
#define VA_RAW_265 "format = (string) { NV12, P010_10LE }, " VA_265_SIZE

/** 1.26 alone has it: neither key-unit SEI nor delimiters, and no NAL units. */
#define NVENC_AV1_PROPERTIES                                                                                       \
  "aq-strength u 0 15 0\nb-adapt b 0\nbframes u 0 4 0\nbitrate u 0 2048000 0\nconst-quality d 0 51 0\n"            \
  "gop-size i -1 2147483647 75\ni-adapt b 0\nmax-bitrate u 0 2048000 0\n"                                          \
  "multi-pass e default disabled two-pass-quarter two-pass\nnonref-p b 0\npreset e " NVENC_PRESETS                 \
  " p1 p2 p3 p4 p5 p6 p7\nqp-const-b i -1 255 -1\nqp-const-i i -1 255 -1\nqp-const-p i -1 255 -1\n"                \
  "qp-max-b i -1 255 -1\nqp-max-i i -1 255 -1\nqp-max-p i -1 255 -1\nqp-min-b i -1 255 -1\nqp-min-i i -1 255 -1\n" \
  "qp-min-p i -1 255 -1\nrc-lookahead u 0 32 0\nrc-mode e " NVENC_RC_MODES                                         \
  "\nspatial-aq b 0\nstrict-gop b 0\ntemporal-aq b 0\n"                                                            \
  "tune e default high-quality low-latency ultra-low-latency lossless\nvbv-buffer-size u 0 4294967295 0\n"         \
  "weighted-pred b 0\nzerolatency b 0\n"
#define VAENC_AV1_PROPERTIES                                                                                       \
  "bitrate u 0 2048000 0\ncpb-size u 0 2048000 0\n=device-path s\ngf-group-size u 1 31 31\n"                       \
  "hierarchical-level u 1 6 6\nkey-int-max u 0 1024 60\nmax-qp u 1 255 255\nmbbrc e auto enabled disabled\n"       \
  "min-qp u 0 255 0\nnum-tile-cols u 1 20 1\nnum-tile-rows u 1 20 1\nqp u 0 255 128\nrate-control e cbr vbr cqp\n" \
  "ref-frames u 0 7 7\nsuperblock-128x128 b 0\ntarget-percentage u 50 100 66\ntarget-usage u 1 7 4\n"              \
  "tile-groups u 1 400 1\n"
#define AV1_UNITS "video/x-av1, stream-format = (string) obu-stream, alignment = (string) tu"

#define H264_BYTES "video/x-h264, stream-format = (string) byte-stream, alignment = (string) au"
#define H264_BOTH "video/x-h264, stream-format = (string) { avc, byte-stream }, alignment = (string) au"
#define H264_ALL "video/x-h264, stream-format = (string) { avc, avc3, byte-stream }, alignment = (string) au"
#define NVDEC_PROFILES                                                                                     \
  ", profile = (string) { constrained-baseline, baseline, main, high, constrained-high, progressive-high " \
  "}, " NVDEC_SIZE
#define NVSLDEC_PROFILES \
  ", profile = (string) { high, main, constrained-high, constrained-baseline, baseline }, " NVDEC_SIZE
#define VA_SIZE "width = [ 1, 4096 ], height = [ 1, 4096 ]"
#define VA_PROFILES \
  ", profile = (string) { constrained-baseline, main, high, progressive-high, constrained-high }, " VA_SIZE
#define VA_RAW "format = (string) NV12, " VA_SIZE

inline constexpr ElementFacts elements[] = {
    // Nothing but a byte stream. Two pictures were held back on a card, off RTMP, whose source does not say it is live.
    {"nvh264dec", "1.22", H264_BYTES NVDEC_PROFILES, IN_CUDA("format = (string) NV12, " NVDEC_SIZE),
     "max-display-delay i -1 2147483647 -1\n=cuda-device-id u 0 2147483647 0\n", 2, 0, true},
    {"nvh264sldec", "1.22", H264_ALL NVSLDEC_PROFILES, IN_CUDA("format = (string) NV12, " NVDEC_SIZE),
     "compliance e auto strict normal flexible\n=cuda-device-id u 0 2147483647 0\n", 5, 0, false},
    // The one that was nvh264sldec before 1.24; the older is gone.
    {"nvh264dec", "1.26", H264_ALL NVDEC_PROFILES, IN_CUDA("format = (string) NV12, " NVDEC_SIZE),
     "compliance e auto strict normal flexible\n=cuda-device-id u 0 2147483647 0\ninit-max-height u 0 4096 0\n"
     "init-max-width u 0 4096 0\nmax-display-delay i -1 16 -1\nnum-output-surfaces u 0 64 0\n",
     2, 0, false},
    {"nvh264enc", "1.22",
     IN_CUDA("format = (string) { NV12, YV12, I420, BGRA, RGBA, Y444, VUYA }, width = [ 145, 4096 ], "
             "height = [ 49, 4096 ], " PROGRESSIVE),
     H264_BYTES ", " NVENC_PROFILES ", width = [ 145, 4096 ], height = [ 49, 4096 ]", NVENC_122_PROPERTIES, 0, 0, true},
    {"nvh265enc", "1.22",
     IN_CUDA("format = (string) { NV12, YV12, I420, BGRA, RGBA, Y444, VUYA, P010_10LE, Y444_16LE }, " NVENC_265_SIZE
             ", " PROGRESSIVE),
     H265_BYTES NVENC_265_PROFILES ", " NVENC_265_SIZE, NVENC_122_PROPERTIES, 0, 0, true},
    {"nvcudah264enc", "1.22", IN_CUDA("format = (string) { NV12, Y444 }, " PROGRESSIVE ", " NVENC_SIZE),
     H264_BOTH ", " NVENC_PROFILES ", " NVENC_SIZE, NVCUDAENC_PROPERTIES "=cuda-device-id u 0 2147483647 0\n"},
    {"nvautogpuh264enc", "1.22", IN_CUDA("format = (string) { NV12, Y444 }, " PROGRESSIVE ", " NVENC_SIZE),
     H264_BOTH ", " NVENC_PROFILES ", " NVENC_SIZE, NVCUDAENC_PROPERTIES "cuda-device-id u 0 2147483647 0\n"},
    // I420 is gone, and the one that was nvcudah264enc has the older one's names again.
    {"nvh264enc", "1.26", IN_CUDA(NVENC_126_RAW), H264_BOTH ", " NVENC_PROFILES ", " NVENC_SIZE,
     NVENC_126_PROPERTIES "cabac b 1\n=cuda-device-id u 0 2147483647 0\n"},
    {"nvh265enc", "1.26",
     IN_CUDA("format = (string) { NV12, P010_10LE, Y444, VUYA, RGBA, RGBx, BGRA, BGRx }, " NVENC_265_SIZE
             ", " PROGRESSIVE),
     H265_BOTH NVENC_265_PROFILES ", " NVENC_265_SIZE, NVENC_126_PROPERTIES "=cuda-device-id u 0 2147483647 0\n"},
    {"nvav1enc", "1.26", IN_CUDA("format = (string) { NV12, P010_10LE }, " NVENC_265_SIZE ", " PROGRESSIVE),
     AV1_UNITS ", profile = (string) main, " NVENC_265_SIZE, NVENC_AV1_PROPERTIES "=cuda-device-id u 0 2147483647 0\n"},
    {"nvautogpuh264enc", "1.26", IN_CUDA(NVENC_126_RAW), H264_BOTH ", " NVENC_PROFILES ", " NVENC_SIZE,
     NVENC_126_PROPERTIES "cabac b 1\ncuda-device-id u 0 2147483647 0\n"},
    {"vah264dec", "", H264_ALL VA_PROFILES, IN_VA("format = (string) { NV12, P010_10LE }, " VA_SIZE),
     "compliance e auto strict normal flexible\n=device-path s\n"},
    {"vah264enc", "", IN_VA(VA_RAW), H264_BYTES VA_PROFILES, VAENC_PROPERTIES, 4, 0},
    {"vah264lpenc", "", IN_VA(VA_RAW), H264_BYTES VA_PROFILES, VAENC_PROPERTIES, 4, 0},
    {"vah265enc", "", IN_VA(VA_RAW_265), H265_BYTES VA_265_PROFILES, VAENC_265_PROPERTIES, 4, 0},
    {"vah265lpenc", "", IN_VA(VA_RAW_265), H265_BYTES VA_265_PROFILES, VAENC_265_PROPERTIES, 4, 0},
    // The plugin of 1.22 has it nowhere but in its development version.
    {"vaav1enc", "1.26", IN_VA("format = (string) NV12, " VA_265_SIZE), AV1_UNITS, VAENC_AV1_PROPERTIES, 4, 0},
    {"vaapih264dec", "", "video/x-h264",
     "video/x-raw(memory:VASurface), format = (string) NV12; video/x-raw, format = (string) { NV12, I420, YV12 }",
     "base-only b 0\nlow-latency b 0\n"},
    {"vaapih265enc", "",
     "video/x-raw(memory:VASurface), format = (string) { NV12, P010_10LE }; "
     "video/x-raw, format = (string) { NV12, I420, YV12, YUY2, P010_10LE }, interlace-mode = (string) progressive",
     "video/x-h265, stream-format = (string) { hvc1, byte-stream }, alignment = (string) au, "
     "profile = (string) { main, main-10 }",
     "bitrate u 0 2048000 0\ncpb-length u 1 10000 1500\ndefault-roi-delta-qp i -10 10 -10\ninit-qp u 0 51 26\n"
     "keyframe-period u 0 4294967295 30\nlow-delay-b b 0\nmax-bframes u 0 10 0\nmax-qp u 0 51 51\n"
     "mbbrc e auto on off\nmin-qp u 0 51 1\nnum-slices u 1 200 1\nnum-tile-cols u 1 20 1\nnum-tile-rows u 1 22 1\n"
     "qp-ib i -51 51 0\nqp-ip i -51 51 0\nquality-level u 1 7 4\nquality-factor u 0 51 26\nrate-control e cqp cbr vbr\n"
     "refs u 1 3 1\ntarget-percentage u 1 100 70\ntrellis b 0\ntune e none\n"},
    {"vaapih264enc", "",
     "video/x-raw(memory:VASurface), format = (string) NV12; "
     "video/x-raw, format = (string) { NV12, I420, YV12, YUY2 }, interlace-mode = (string) progressive",
     H264_BOTH ", profile = (string) { constrained-baseline, main, high }",
     "aud b 0\nbitrate u 0 2048000 0\ncabac b 0\ncpb-length u 1 10000 1500\ndct8x8 b 0\n"
     "default-roi-delta-qp i -10 10 -10\n"
     "init-qp u 0 51 26\nkeyframe-period u 0 4294967295 30\nmax-bframes u 0 10 0\nmax-qp u 0 51 51\n"
     "mbbrc e auto on off\n"
     "min-qp u 0 51 1\nnum-slices u 1 200 1\nnum-views u 1 10 1\n"
     "prediction-type e default hierarchical-p hierarchical-b\n"
     "qp-ib i -51 51 0\nqp-ip i -51 51 0\nquality-level u 1 7 4\nrate-control e cqp cbr vbr\nrefs u 1 8 1\n"
     "target-percentage u 1 100 70\ntemporal-levels u 1 4 1\ntrellis b 0\ntune e none\n"},
};

}  // namespace fake
