#include "stills/slate.h"

#include <gst/video/video.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "gst/caps.h"
#include "h264/avc_config.h"
#include "stills/one_shot.h"
#include "stills/still_desk.h"

namespace rxgst {
namespace {

/** A keyframe and three pictures behind it, which take next to nothing. */
constexpr int group_pictures = 4;
/** The rate at which a relay gives them. */
constexpr int rate_n = 10, rate_d = 3;
/** As large as a capture's pictures may be. */
constexpr int64_t most_pixels = int64_t{4096} * 2304;

/**
 * Number of the parameter sets in H.264. It is the last one: those of the stream stay what they are, for readers that
 * keep sets by their numbers, as parsers do, and hear nothing of another configuration.
 */
constexpr int own_sets = 31;

/** What the pictures must be like. */
struct Wish {
  GstVideoInfo info{};
  std::string profile, level;
};

Still no_slate(std::string why) { return {nullptr, std::move(why)}; }

BufferRef buffer_of(const std::vector<uint8_t>& bytes) {
  BufferRef buffer(gst_buffer_new_allocate(nullptr, bytes.size(), nullptr));
  if (buffer) gst_buffer_fill(buffer.get(), 0, bytes.data(), bytes.size());
  return buffer;
}

const char* text(const GstStructure* of, const char* name) {
  const char* const found = gst_structure_get_string(of, name);
  return found ? found : "";
}

bool set_size(GstVideoInfo* info, int width, int height) {
  if (width < 2 || height < 2 || width % 2 || height % 2 || int64_t{width} * height > most_pixels) return false;
  gst_video_info_set_format(info, GST_VIDEO_FORMAT_I420, static_cast<guint>(width), static_cast<guint>(height));
  return true;
}

/** By the parser's reading of the stream. @return what is wrong; empty: nothing */
std::string read_stream(const SlateOrder& order, Wish* wish) {
  const char* const format = order.hevc ? "video/x-h265,stream-format=hvc1" : "video/x-h264,stream-format=avc";
  const CapsRef caps(gst_caps_from_string((std::string(format) + ",alignment=au").c_str()));
  const BufferRef record = buffer_of(order.record);
  gst_caps_set_simple(caps.get(), "codec_data", GST_TYPE_BUFFER, record.get(), nullptr);
  const OneShot parsed = run_once(order.hevc ? "h265parse" : "h264parse", caps.get(), buffer_of(order.keyframe));
  if (!parsed.caps) return parsed.error.empty() ? "the keyframe cannot be read" : parsed.error;
  const GstStructure* const found = gst_caps_get_structure(parsed.caps.get(), 0);
  int width = 0, height = 0;
  gst_structure_get_int(found, "width", &width);
  gst_structure_get_int(found, "height", &height);
  if (!set_size(&wish->info, width, height)) return "pictures of this size cannot be encoded";
  int n = 1, d = 1;
  if (gst_structure_get_fraction(found, "pixel-aspect-ratio", &n, &d) && n > 0 && d > 0) {
    wish->info.par_n = n;
    wish->info.par_d = d;
  }
  GstVideoColorimetry colors;
  if (gst_video_colorimetry_from_string(&colors, text(found, "colorimetry")) &&
      (colors.matrix == GST_VIDEO_COLOR_MATRIX_BT709 || colors.matrix == GST_VIDEO_COLOR_MATRIX_BT601)) {
    wish->info.colorimetry = colors;
  }
  wish->profile = text(found, "profile");
  wish->level = text(found, "level");
  return "";
}

/** The picture over black. */
std::vector<uint8_t> flattened(const SlateOrder& order) {
  if (order.rgba.empty()) return std::vector<uint8_t>(size_t{16} * 16 * 4, 0);
  std::vector<uint8_t> pixels = order.rgba;
  for (size_t at = 0; at + 3 < pixels.size(); at += 4) {
    const unsigned alpha = pixels[at + 3];
    for (size_t n = 0; n < 3; ++n) pixels[at + n] = static_cast<uint8_t>((pixels[at + n] * alpha + 127) / 255);
  }
  return pixels;
}

/** Scaled as a whole, in the middle, with black beside it. */
BufferRef slate_picture(const SlateOrder& order, const GstVideoInfo& to) {
  const bool black = order.rgba.empty();
  const int width = black ? 16 : order.width, height = black ? 16 : order.height;
  const std::vector<uint8_t> pixels = flattened(order);
  GstVideoInfo from;
  gst_video_info_set_format(&from, GST_VIDEO_FORMAT_RGBx, static_cast<guint>(width), static_cast<guint>(height));
  if (pixels.size() != from.size) return nullptr;
  // Both as they are on the screen: a pixel of the stream is par_n wide and par_d high.
  const double wide = static_cast<double>(width) * to.par_d, high = static_cast<double>(height) * to.par_n;
  const double scale = std::min(to.width / wide, to.height / high);
  const auto even = [](double length, int most) { return std::clamp(static_cast<int>(length / 2 + 0.5) * 2, 2, most); };
  const int inner_width = even(wide * scale, to.width), inner_height = even(high * scale, to.height);
  GstStructure* const config =
      gst_structure_new("slate", GST_VIDEO_CONVERTER_OPT_DEST_X, G_TYPE_INT, (to.width - inner_width) / 4 * 2,
                        GST_VIDEO_CONVERTER_OPT_DEST_Y, G_TYPE_INT, (to.height - inner_height) / 4 * 2,
                        GST_VIDEO_CONVERTER_OPT_DEST_WIDTH, G_TYPE_INT, inner_width,
                        GST_VIDEO_CONVERTER_OPT_DEST_HEIGHT, G_TYPE_INT, inner_height, nullptr);
  // It writes the target's shape of pixels over nothing, and knows rates that are the same.
  GstVideoInfo target = to;
  from.fps_n = target.fps_n;
  from.fps_d = target.fps_d;
  const std::unique_ptr<GstVideoConverter, decltype(&gst_video_converter_free)> converter(
      gst_video_converter_new(&from, &target, config), gst_video_converter_free);
  BufferRef source = buffer_of(pixels);
  BufferRef result(gst_buffer_new_allocate(nullptr, target.size, nullptr));
  GstVideoFrame in, out;
  if (!converter || !source || !result || !gst_video_frame_map(&in, &from, source.get(), GST_MAP_READ)) return nullptr;
  const bool mapped = gst_video_frame_map(&out, &target, result.get(), GST_MAP_WRITE);
  if (mapped) {
    gst_video_converter_frame(converter.get(), &in, &out);
    gst_video_frame_unmap(&out);
  }
  gst_video_frame_unmap(&in);
  return mapped ? std::move(result) : nullptr;
}

std::vector<BufferRef> group_of(const BufferRef& picture) {
  std::vector<BufferRef> group;
  for (int i = 0; i < group_pictures; ++i) {
    group.emplace_back(gst_buffer_copy(picture.get()));
    GST_BUFFER_PTS(group.back().get()) = gst_util_uint64_scale(static_cast<guint64>(i), rate_d * GST_SECOND, rate_n);
    GST_BUFFER_DURATION(group.back().get()) = gst_util_uint64_scale(1, rate_d * GST_SECOND, rate_n);
  }
  return group;
}

/** The encoder's name for the stream's profile: of pictures in 8 bits and 4:2:0. */
const char* usual_profile(const std::string& profile) {
  if (profile == "main") return "main";
  if (profile == "baseline" || profile == "constrained-baseline") return "constrained-baseline";
  return "high";
}

OneShot encode_h264(const Wish& wish, GstCaps* caps, std::vector<BufferRef> group) {
  const std::string out =
      std::string("video/x-h264,stream-format=avc,alignment=au,profile=") + usual_profile(wish.profile);
  const CapsRef wanted(gst_caps_from_string(out.c_str()));
  const bool known = !wish.level.empty() && wish.level.find_first_not_of("0123456789.") == std::string::npos;
  const std::string options =
      "scenecut=0:ref=1:sps-id=" + std::to_string(own_sets) + (known ? ":level=" + wish.level : std::string());
  return run_once("x264enc", caps, std::move(group), wanted.get(), [&](GstElement* element) {
    gst_util_set_object_arg(G_OBJECT(element), "tune", "zerolatency");
    gst_util_set_object_arg(G_OBJECT(element), "speed-preset", "medium");
    gst_util_set_object_arg(G_OBJECT(element), "pass", "qual");
    g_object_set(element, "quantizer", 23u, "bframes", 0u, "threads", 1u, "key-int-max", group_pictures,
                 "option-string", options.c_str(), nullptr);
  });
}

OneShot encode_hevc(GstCaps* caps, std::vector<BufferRef> group) {
  const CapsRef stream(gst_caps_from_string("video/x-h265,stream-format=byte-stream,alignment=au,profile=main"));
  OneShot encoded = run_once("x265enc", caps, std::move(group), stream.get(), [](GstElement* element) {
    gst_util_set_object_arg(G_OBJECT(element), "tune", "zerolatency");
    gst_util_set_object_arg(G_OBJECT(element), "speed-preset", "fast");
    g_object_set(element, "key-int-max", group_pictures, "option-string",
                 "crf=24:scenecut=0:bframes=0:ref=1:open-gop=0:info=0:pools=none:frame-threads=1", nullptr);
  });
  if (!encoded.error.empty()) return encoded;
  const CapsRef wanted(gst_caps_from_string("video/x-h265,stream-format=hvc1,alignment=au"));
  return run_once("h265parse", encoded.caps.get(), std::move(encoded.buffers), wanted.get());
}

std::vector<uint8_t> bytes_of(GstBuffer* buffer) {
  const MappedBuffer bytes(buffer);
  if (!bytes) return {};
  return {bytes.data(), bytes.data() + bytes.size()};
}

void append(std::vector<uint8_t>* to, const std::vector<uint8_t>& bytes, int length_bytes) {
  for (int i = length_bytes - 1; i >= 0; --i) to->push_back(static_cast<uint8_t>(bytes.size() >> 8 * i));
  to->insert(to->end(), bytes.begin(), bytes.end());
}

/** Parameter sets of an avcC. */
struct AvcSetLists {
  std::vector<std::vector<uint8_t>> sequence, picture;
  bool whole = false;
  explicit AvcSetLists(const std::vector<uint8_t>& record) {
    constexpr int type_bits = 31, sequence_set = 7;
    const auto add = [&](const uint8_t* set, size_t size) {
      if (size > 0) ((set[0] & type_bits) == sequence_set ? sequence : picture).emplace_back(set, set + size);
      return true;
    };
    whole = is_avc_config(record.data(), record.size()) &&
            each_parameter_set(record.data(), record.size(), AvcLists::all_sets, add) == AvcSets::whole;
  }
};

/** The slate's record with the stream's sets before its own: a viewer who joins now has them for the return. */
std::vector<uint8_t> joined_record(const std::vector<uint8_t>& stream, const std::vector<uint8_t>& own) {
  constexpr uint8_t high = 100, length_size = 0xff, reserved_sequence = 0xe0;
  const AvcSetLists theirs(stream), ours(own);
  const bool usual = theirs.whole && ours.whole && stream[1] <= high;
  const size_t sequences = theirs.sequence.size() + ours.sequence.size();
  if (!usual || sequences > own_sets || theirs.picture.size() + ours.picture.size() > UINT8_MAX) return own;
  std::vector<uint8_t> record{1, stream[1], stream[2], stream[3], length_size};
  record.push_back(static_cast<uint8_t>(reserved_sequence | sequences));
  for (const auto* sets : {&theirs.sequence, &ours.sequence}) {
    for (const auto& set : *sets) append(&record, set, 2);
  }
  record.push_back(static_cast<uint8_t>(theirs.picture.size() + ours.picture.size()));
  for (const auto* sets : {&theirs.picture, &ours.picture}) {
    for (const auto& set : *sets) append(&record, set, 2);
  }
  // 4:2:0 in 8 bits, and no extension.
  if (stream[1] == high) record.insert(record.end(), {0xfd, 0xf8, 0xf8, 0});
  return record;
}

}  // namespace

Still encode_slate(const SlateOrder& order) {
  Wish wish;
  if (order.record.empty()) {
    if (!set_size(&wish.info, order.stream_width, order.stream_height)) return no_slate("no picture has such a size");
  } else if (std::string wrong = read_stream(order, &wish); !wrong.empty()) {
    return no_slate(std::move(wrong));
  }
  wish.info.fps_n = rate_n;
  wish.info.fps_d = rate_d;
  const BufferRef picture = slate_picture(order, wish.info);
  if (!picture) return no_slate("the picture cannot be converted");
  const CapsRef caps(gst_video_info_to_caps(&wish.info));
  const OneShot encoded =
      order.hevc ? encode_hevc(caps.get(), group_of(picture)) : encode_h264(wish, caps.get(), group_of(picture));
  if (!encoded.error.empty()) return no_slate(encoded.error);
  GstBuffer* const record = codec_data(encoded.caps.get());
  if (!record) return no_slate("the encoder tells no configuration");
  const std::vector<uint8_t> own = bytes_of(record);
  std::vector<uint8_t> packed, before;
  append(&packed, order.hevc ? own : joined_record(order.record, own), 4);
  if (!order.hevc) {
    const AvcSetLists sets(own);
    for (const auto* list : {&sets.sequence, &sets.picture}) {
      for (const auto& set : *list) append(&before, set, 4);
    }
  }
  for (const BufferRef& each : encoded.buffers) {
    std::vector<uint8_t> picture = std::exchange(before, {});
    const std::vector<uint8_t> bytes = bytes_of(each.get());
    picture.insert(picture.end(), bytes.begin(), bytes.end());
    append(&packed, picture, 4);
  }
  return {buffer_of(packed), ""};
}

namespace {

std::vector<uint8_t> copied(const Napi::Value& value) {
  if (!value.IsTypedArray()) return {};
  const auto bytes = value.As<Napi::Uint8Array>();
  return {bytes.Data(), bytes.Data() + bytes.ByteLength()};
}

}  // namespace

/** slate({ rgba, width, height, hevc, record, keyframe, streamWidth, streamHeight }) */
Napi::Value StillDesk::slate(const Napi::CallbackInfo& info) {
  const auto given = info[0].As<Napi::Object>();
  const auto number = [&](const char* name) { return given.Get(name).ToNumber().Int32Value(); };
  auto order = std::make_shared<SlateOrder>();
  order->rgba = copied(given.Get("rgba"));
  order->width = number("width");
  order->height = number("height");
  order->hevc = given.Get("hevc").ToBoolean().Value();
  order->record = copied(given.Get("record"));
  order->keyframe = copied(given.Get("keyframe"));
  order->stream_width = number("streamWidth");
  order->stream_height = number("streamHeight");
  return add(info.Env(), [order] { return encode_slate(*order); });
}

}  // namespace rxgst
