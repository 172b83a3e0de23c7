#include "capture/codec_gate.h"

#include <algorithm>
#include <utility>

#include "gst/element.h"
#include "gst/probe.h"
#include "js/js.h"
#include "rtmp/flood_guard.h"
#include "rtmp/tags/tag_numbers.h"

namespace rxgst {
namespace {

constexpr int audio_tag = 8;
constexpr int video_tag = 9;
using rtmp::enhanced_audio;
// In the midst of H.264 one tag of another codec is an error of the server; a second of such tags alone is another
// stream.
constexpr uint32_t max_foreign = 25;
// The same at the begin of a stream, in the middle of a group: without a keyframe or a header of that codec.
constexpr uint32_t max_foreign_at_begin = 5;
// As many tags that are no pictures: the server sends noise.
constexpr uint32_t max_nonsense = 25;
constexpr uint32_t max_nonsense_at_begin = 5;

/** Four letters, or the bytes in hexadecimal if they are no letters. */
std::string four_letters(const uint8_t* code) {
  std::string text(reinterpret_cast<const char*>(code), 4);
  const auto is_letter = [](char c) { return g_ascii_isalnum(c) || c == '-' || c == '.'; };
  if (std::all_of(text.begin(), text.end(), is_letter)) return text;
  CharPtr hex(g_strdup_printf("0x%08x", GST_READ_UINT32_BE(code)));
  return hex.get();
}

/**
 * The codec in a tag of Enhanced RTMP; empty if this kind of packet does not name the codec right behind the first
 * byte.
 */
std::string enhanced_codec(const StreamTag& tag, int last_with_codec) {
  return tag.size >= StreamTag::max_body_bytes && (tag.body[0] & 15) <= last_with_codec ? four_letters(tag.body + 1)
                                                                                        : "";
}

}  // namespace

/** Noise may be followed by a good stream, so this is no end for good. */
void CodecGateState::count_nonsense(GstPad* pad) {
  if (++nonsense_ < (pictures_ ? max_nonsense : max_nonsense_at_begin)) return;
  refused_ = true;
  ObjectRef<GstElement> element(gst_pad_get_parent_element(pad));
  if (element) post_refused(element.get(), "ERR_BAD_STREAM", "pictures that no codec writes", false);
}

bool CodecGateState::keep_picture(GstPad* pad, const StreamTag& tag) {
  const uint8_t first = tag.body[0];
  const bool enhanced = first & 0x80;
  const int type = first >> 4 & 7;
  if (!enhanced && (first & 15) == rtmp::flv_h264) {
    pictures_ = true;
    foreign_ = nonsense_ = 0;
    return true;
  }
  // A server's own commands, about seeking.
  if (type == rtmp::command_frame) return false;
  if (!enhanced && !(rtmp::may_be_flv_picture(first) && rtmp::is_flv_codec(first & 15))) {
    count_nonsense(pad);
    return false;
  }
  nonsense_ = 0;
  ++foreign_;
  const uint32_t most = pictures_ ? max_foreign : type == rtmp::key_frame ? 1 : max_foreign_at_begin;
  if (foreign_ >= most) {
    refused_ = true;
    undecoded_.report(pad, "video", enhanced ? enhanced_codec(tag, 5) : std::to_string(first & 15), true);
  }
  return false;
}

bool CodecGateState::keep_audio(GstPad* pad, const StreamTag& tag) {
  const int codec = tag.body[0] >> 4;
  if (audios_ >> codec & 1) {
    audio_ = tag.body[0];
    undecoded_.audio_decoded();
    return true;
  }
  const std::string name = codec == enhanced_audio ? enhanced_codec(tag, 4) : std::to_string(codec);
  undecoded_.report(pad, "audio", name, false);
  // No picture waits for this audio, whatever the metadata says.
  timeline_->announce_audio(false);
  if (undecoded_.audio_alone(*timeline_, pictures_)) {
    refused_ = true;
    undecoded_.report(pad, "audio", name, true);
  }
  return false;
}

bool CodecGateState::keep(GstPad* pad, const StreamTag& tag) {
  if (refused_) return false;
  // A tag without a body names no codec.
  if (tag.size == 0) return true;
  if (tag.type == video_tag) return keep_picture(pad, tag);
  return tag.type != audio_tag || keep_audio(pad, tag);
}

GstPadProbeReturn CodecGateState::on_bytes(GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const bool joined = held_ != nullptr;
  // The held bytes are the head of a tag, and its rest follows. The buffer gets the timestamps of the newer part.
  BufferRef whole(gst_buffer_ref(buffer));
  if (joined) {
    whole.reset(gst_buffer_append(held_.release(), gst_buffer_ref(buffer)));
    GST_BUFFER_PTS(whole.get()) = GST_BUFFER_PTS(buffer);
    GST_BUFFER_DTS(whole.get()) = GST_BUFFER_DTS(buffer);
  }
  GstMapInfo map;
  if (!gst_buffer_map(whole.get(), &map, GST_MAP_READ)) return GST_PAD_PROBE_DROP;
  const auto kept = walk_.walk(map.data, map.size, [&](const StreamTag& tag) { return keep(pad, tag); });
  const gsize size = map.size;
  gst_buffer_unmap(whole.get(), &map);
  if (refused_) return GST_PAD_PROBE_DROP;
  const size_t waiting = walk_.waiting();
  if (waiting < size) {
    held_.reset(gst_buffer_copy_region(whole.get(), GST_BUFFER_COPY_MEMORY, waiting, size - waiting));
  }
  if (kept.empty()) return GST_PAD_PROBE_DROP;
  const bool all = kept.size() == 1 && kept[0].from == 0 && kept[0].to == size;
  if (all && !joined) return GST_PAD_PROBE_OK;
  BufferRef result;
  if (all) {
    result = std::move(whole);
  } else {
    for (const auto& [from, to] : kept) {
      const int flags = GST_BUFFER_COPY_MEMORY | (result ? 0 : GST_BUFFER_COPY_TIMESTAMPS);
      GstBuffer* part = gst_buffer_copy_region(whole.get(), static_cast<GstBufferCopyFlags>(flags), from, to - from);
      result.reset(result ? gst_buffer_append(result.release(), part) : part);
    }
  }
  GST_PAD_PROBE_INFO_DATA(info) = result.release();
  gst_buffer_unref(buffer);
  return GST_PAD_PROBE_OK;
}

Napi::Function CodecGate::define(Napi::Env env) {
  return DefineClass(env, "CodecGate",
                     {InstanceMethod("audio", &CodecGate::audio), InstanceMethod("close", &CodecGate::close)});
}

/** new CodecGate(source, timeline, audioCodecs): before data flows, and behind probes that must see every byte. */
CodecGate::CodecGate(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CodecGate>(info) {
  auto timeline = Timeline::Unwrap(info[1].As<Napi::Object>())->state();
  state_ = std::make_shared<CodecGateState>(std::move(timeline), info[2].ToNumber().Uint32Value());
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "src"));
  // The probe lives as long as the pad: a stream that is being stopped runs on for a moment, and must not pass either.
  add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [state = state_](GstPad* at, GstPadProbeInfo* bytes) { return state->on_bytes(at, bytes); });
}

/** audio(): the first byte of the last audio tag that passed, which names its codec; null: none has. */
Napi::Value CodecGate::audio(const Napi::CallbackInfo& info) {
  const int audio = state_->audio();
  return audio < 0 ? info.Env().Null() : Napi::Value(Napi::Number::New(info.Env(), audio));
}

Napi::Value CodecGate::close(const Napi::CallbackInfo& info) {
  state_->shut();
  return info.Env().Undefined();
}

}  // namespace rxgst
