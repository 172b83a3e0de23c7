#include "stills/still_desk.h"

#include <atomic>
#include <cstring>
#include <utility>
#include <vector>

#include "pixels/pixel_formats.h"
#include "stills/keyframe_keeper.h"
#include "stills/one_shot.h"
#include "stills/overlay_picture.h"
#include "stills/work_lane.h"
#include "tap/frame_pool.h"
#include "tap/picture_color.h"

namespace rxgst {
namespace {

Napi::Value to_js(Napi::Env env, const Still& still) {
  if (!still.bytes) return Napi::String::New(env, still.error);
  const MappedBuffer bytes(still.bytes.get());
  // What was drawn is where it was: nothing is told but that it is done.
  if (bytes.size() == 0) return env.Null();
  auto result = Napi::Uint8Array::New(env, bytes.size());
  if (bytes) std::memcpy(result.Data(), bytes.data(), bytes.size());
  return result;
}

/** The bytes of JavaScript as a buffer, which holds them. */
BufferRef wrapped(Handed handed) {
  uint8_t* const data = handed.data.get();
  const size_t size = handed.size;
  auto* owner = new std::shared_ptr<uint8_t>(std::move(handed.data));
  return BufferRef(gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, data, size, 0, size, owner,
                                               delete_as<std::shared_ptr<uint8_t>>));
}

/** A picture of JavaScript, whose buffer the worker makes. */
struct GivenPicture {
  HeldPicture picture;
  Handed pixels;
};

/** The picture, `times` one after the other. */
OneShot decode(const EncodedPicture& encoded, const std::string& decoder, int times) {
  std::vector<BufferRef> packets;
  for (int i = 0; i < times; ++i) {
    // A copy that shares the bytes: its times are changed.
    packets.emplace_back(gst_buffer_copy(encoded.packet.get()));
    GST_BUFFER_PTS(packets.back().get()) = static_cast<GstClockTime>(i) * GST_SECOND;
    GST_BUFFER_DTS(packets.back().get()) = GST_CLOCK_TIME_NONE;
  }
  return run_once(decoder.c_str(), encoded.caps.get(), std::move(packets), nullptr, [](GstElement* element) {
    // One picture is worth no threads.
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), "max-threads"))
      g_object_set(element, "max-threads", 1, nullptr);
  });
}

Still decode_and_encode(const EncodedPicture& encoded, const std::string& decoder, const StillOptions& options) {
  OneShot decoded = decode(encoded, decoder, 1);
  // Before the first picture of an open group libav makes up those that are missing, in the memory that GStreamer has
  // for this one, which is lost. A second time nothing is missing.
  if (decoded.buffers.empty()) decoded = decode(encoded, decoder, 2);
  HeldPicture picture;
  if (!decoded.error.empty()) return {nullptr, std::move(decoded.error)};
  if (!decoded.caps || !gst_video_info_from_caps(&picture.info, decoded.caps.get()))
    return {nullptr, decoder + " gives no picture"};
  picture.pixel = plausible(GST_VIDEO_INFO_PAR_N(&picture.info), GST_VIDEO_INFO_PAR_D(&picture.info));
  picture.buffer = std::move(decoded.buffers.front());
  return encode_held(picture, options);
}

}  // namespace

Still encode_held(const HeldPicture& picture, const StillOptions& options) {
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &picture.info, picture.buffer.get(), GST_MAP_READ))
    return {nullptr, "the picture cannot be read"};
  Still still = encode_still(frame, picture.pixel, options);
  gst_video_frame_unmap(&frame);
  return still;
}

StillOptions still_options(const Napi::Value& value) {
  auto given = value.As<Napi::Object>();
  const auto number = [&](const char* name) { return given.Get(name).ToNumber().Int32Value(); };
  return {still_formats.of(given.Get("format")), number("quality"), number("width"), number("height")};
}

/** Workers hold it, too. */
struct StillDesk::State {
  Completions<Still> completions{to_js};
  std::shared_ptr<Wakeup> wakeup;
  std::atomic<size_t> finished{0};
  size_t open = 0;  // JS thread

  void settle(Napi::Env env) {
    open -= finished.exchange(0);
    completions.settle(env);
    if (open == 0) wakeup->keep_alive(env, false);
  }
};

Napi::Function StillDesk::define(Napi::Env env) {
  return DefineClass(env, "StillDesk",
                     {InstanceMethod("encode", &StillDesk::encode), InstanceMethod("decode", &StillDesk::decode),
                      InstanceMethod("unpack", &StillDesk::unpack), InstanceMethod("lay", &StillDesk::lay),
                      InstanceMethod("draw", &StillDesk::draw), InstanceMethod("drawCopy", &StillDesk::draw_copy),
                      InstanceMethod("slate", &StillDesk::slate)});
}

/** new StillDesk() */
StillDesk::StillDesk(const Napi::CallbackInfo& info) : Napi::ObjectWrap<StillDesk>(info) {
  state_ = std::make_shared<State>();
  std::weak_ptr<State> weak = state_;
  state_->wakeup = Wakeup::create(info.Env(), Napi::Function(), "rxgst stills", [weak](Napi::Env env) {
    if (const auto state = weak.lock()) state->settle(env);
  });
  state_->wakeup->keep_alive(info.Env(), false);
}

StillDesk::~StillDesk() { state_->wakeup->close(); }

Napi::Value StillDesk::add(Napi::Env env, WorkLane& lane, std::function<Still()> work) {
  Completions<Still>::Ticket ticket;
  const Napi::Value promise = state_->completions.open(env, &ticket);
  const bool taken = lane.add([state = state_, ticket, work = std::move(work)]() mutable {
    Still still = work();
    // The picture's memory goes back before JavaScript hears of it.
    work = nullptr;
    state->completions.done(ticket, std::move(still));
    ++state->finished;
    state->wakeup->wake();
  });
  if (!taken) {
    state_->completions.done(ticket, {nullptr, "full"});
    state_->completions.settle(env);
    return Napi::String::New(env, "full");
  }
  if (state_->open++ == 0) state_->wakeup->keep_alive(env, true);
  return promise;
}

/**
 * encode(pixels, format, width, height, pixelN, pixelD, color, options): also 'wrong-size': the array is not a picture
 * of that size.
 */
Napi::Value StillDesk::encode(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto number = [&](size_t at) { return info[at].ToNumber().Int32Value(); };
  const PixelFormat format = pixel_formats.of(info[1]);
  const int width = number(2), height = number(3);
  Handed handed = hand_over(env, info[0].As<Napi::TypedArray>());
  if (!handed.data || handed.size != picture_bytes(format, width, height)) return Napi::String::New(env, "wrong-size");
  HeldPicture picture;
  picture.info = tight_info(format, width, height);
  picture.pixel = plausible(number(4), number(5));
  set_color(picture.info, static_cast<uint32_t>(number(6)));
  const auto given = std::make_shared<GivenPicture>(GivenPicture{std::move(picture), std::move(handed)});
  return add(env, [given, options = still_options(info[7])] {
    given->picture.buffer = wrapped(std::move(given->pixels));
    return encode_held(given->picture, options);
  });
}

namespace {

/** A PNG as RGBA in tight rows. */
Still unpacked(BufferRef png, int width, int height) {
  const CapsRef caps(gst_caps_from_string("image/png,framerate=(fraction)0/1"));
  OneShot decoded = run_once("pngdec", caps.get(), std::move(png));
  if (!decoded.error.empty()) return {nullptr, std::move(decoded.error)};
  GstVideoInfo info;
  if (!decoded.caps || !gst_video_info_from_caps(&info, decoded.caps.get()) || info.width != width ||
      info.height != height) {
    return {nullptr, "it is not a picture of the size that it tells"};
  }
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, decoded.buffers.front().get(), GST_MAP_READ)) return {nullptr, "no picture"};
  const size_t size = picture_bytes(PixelFormat::rgba, width, height);
  BufferRef rgba(gst_buffer_new_allocate(nullptr, size, nullptr));
  GstMapInfo map;
  bool converted = false;
  if (rgba && gst_buffer_map(rgba.get(), &map, GST_MAP_WRITE)) {
    converted = AnyConverter().convert(frame, PixelFormat::rgba, width, height, map.data, size);
    gst_buffer_unmap(rgba.get(), &map);
  }
  gst_video_frame_unmap(&frame);
  if (!converted) return {nullptr, "it cannot be converted"};
  return {std::move(rgba), ""};
}

/** The pixels that are drawn into: those of a frame, which nobody else reads meanwhile. */
struct Canvas {
  Handed from;
  std::shared_ptr<PooledFrame> to;  // null: drawn in place
  GstVideoInfo info;
};

Still drawn(const Overlay& overlay, const Canvas& canvas) {
  uint8_t* const data = canvas.to ? canvas.to->data() : canvas.from.data.get();
  if (canvas.to) std::memcpy(data, canvas.from.data.get(), canvas.from.size);
  const BufferRef buffer(gst_buffer_new_wrapped_full(static_cast<GstMemoryFlags>(0), data, canvas.from.size, 0,
                                                     canvas.from.size, nullptr, nullptr));
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &canvas.info, buffer.get(), GST_MAP_READWRITE)) return {nullptr, "no picture"};
  overlay.blend(frame);
  gst_video_frame_unmap(&frame);
  return {BufferRef(gst_buffer_new()), ""};
}

/** The arguments (overlay, pixels, format, width, height, color); none: the array is not a picture of that size. */
std::shared_ptr<Canvas> canvas_of(const Napi::CallbackInfo& info) {
  const auto number = [&](size_t at) { return info[at].ToNumber().Int32Value(); };
  const PixelFormat format = pixel_formats.of(info[2]);
  auto canvas = std::make_shared<Canvas>();
  canvas->info = tight_info(format, number(3), number(4));
  set_color(canvas->info, static_cast<uint32_t>(number(5)));
  canvas->from = hand_over(info.Env(), info[1].As<Napi::TypedArray>());
  return canvas->from.data && canvas->from.size == picture_bytes(format, number(3), number(4)) ? canvas : nullptr;
}

}  // namespace

/** unpack(png, width, height): a promise of its pixels as RGBA. */
Napi::Value StillDesk::unpack(const Napi::CallbackInfo& info) {
  auto handed = std::make_shared<Handed>(hand_over(info.Env(), info[0].As<Napi::TypedArray>()));
  return add(info.Env(), [handed, width = info[1].ToNumber().Int32Value(), height = info[2].ToNumber().Int32Value()] {
    return unpacked(wrapped(std::move(*handed)), width, height);
  });
}

/** lay(overlay, width, height, bt709): makes it ready for the pictures of an output; a promise of null. */
Napi::Value StillDesk::lay(const Napi::CallbackInfo& info) {
  GstVideoInfo target;
  gst_video_info_set_format(&target, GST_VIDEO_FORMAT_I420, info[1].ToNumber().Uint32Value(),
                            info[2].ToNumber().Uint32Value());
  target.colorimetry.matrix = info[3].ToBoolean().Value() ? GST_VIDEO_COLOR_MATRIX_BT709 : GST_VIDEO_COLOR_MATRIX_BT601;
  target.colorimetry.range = GST_VIDEO_COLOR_RANGE_16_235;
  return add(info.Env(), [overlay = OverlayPicture::of(info[0]), target]() -> Still {
    overlay->prepare(target);
    return {BufferRef(gst_buffer_new()), ""};
  });
}

/**
 * draw(overlay, pixels, format, width, height, color): lays the overlay over a frame's own pixels; a promise of null.
 * 'wrong-size': they are no frame's, or not of that size.
 */
Napi::Value StillDesk::draw(const Napi::CallbackInfo& info) {
  const auto canvas = canvas_of(info);
  if (!canvas || !canvas->from.lent) return Napi::String::New(info.Env(), "wrong-size");
  return add(info.Env(), drawing_lane(),
             [overlay = OverlayPicture::of(info[0]), canvas] { return drawn(*overlay, *canvas); });
}

/**
 * drawCopy(overlay, pixels, format, width, height, color): the same in new memory: { buffer, lease, done }; null: there
 * is no memory.
 */
Napi::Value StillDesk::draw_copy(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto canvas = canvas_of(info);
  if (!canvas) return Napi::String::New(env, "wrong-size");
  canvas->to = std::make_shared<PooledFrame>(PooledFrame::take(canvas->from.size));
  if (!*canvas->to) return env.Null();
  canvas->to->set_captions(canvas->from.captions);
  uint32_t lease = 0;
  auto result = Napi::Object::New(env);
  result["buffer"] = lend(env, canvas->to, &lease);
  result["lease"] = lease;
  result["done"] =
      add(env, drawing_lane(), [overlay = OverlayPicture::of(info[0]), canvas] { return drawn(*overlay, *canvas); });
  return result;
}

/** decode(keeper, decoder, options): the keeper's picture, decoded by this element; null: it has none. */
Napi::Value StillDesk::decode(const Napi::CallbackInfo& info) {
  auto encoded =
      std::make_shared<EncodedPicture>(KeyframeKeeper::Unwrap(info[0].As<Napi::Object>())->state()->picture());
  if (!encoded->packet) return info.Env().Null();
  return add(info.Env(), [encoded, decoder = info[1].As<Napi::String>().Utf8Value(), options = still_options(info[2])] {
    return decode_and_encode(*encoded, decoder, options);
  });
}

}  // namespace rxgst
