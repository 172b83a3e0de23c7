#include "capture/codec_gate.h"

#include <algorithm>
#include <utility>

#include "gst/element.h"
#include "gst/probe.h"
#include "js/js.h"

namespace rxgst {
namespace {

constexpr int audio_tag = 8;
constexpr int video_tag = 9;
constexpr int h264 = 7;
constexpr int keyframe = 1;
constexpr int command = 5;
constexpr int enhanced_audio = 9;
// In the midst of H.264 a tag that says another codec is a slip; a second of nothing else is another stream.
constexpr uint32_t most_foreign = 25;
// A stream that begins in the middle of a group, without a keyframe or a header of its codec.
constexpr uint32_t first_foreign = 5;
// How long pictures may be behind sound that is not decoded; with a promise of the metadata, as long as sound waits for
// them.
constexpr int64_t alone_us = 2'000'000;
constexpr int64_t alone_promised_us = 8'000'000;
constexpr uint32_t alone_tags = 5;
// Codecs that are told of, for each connection: a peer may invent them.
constexpr size_t most_told = 8;

/** Four letters where they are such, else their bytes. */
std::string four_letters(const uint8_t* code) {
  std::string text(reinterpret_cast<const char*>(code), 4);
  const auto plain = [](char c) { return g_ascii_isalnum(c) || c == '-' || c == '.'; };
  if (std::all_of(text.begin(), text.end(), plain)) return text;
  CharPtr hex(g_strdup_printf("0x%08x", GST_READ_UINT32_BE(code)));
  return hex.get();
}

/** Enhanced RTMP: where the kind of packet is one that says the codec right behind it. */
std::string enhanced_codec(const StreamTag& tag, int most_js_values) {
  return tag.size >= StreamTag::most_body && (tag.body[0] & 15) <= most_js_values ? four_letters(tag.body + 1) : "";
}

}  // namespace

void CodecGateState::tell(GstPad* pad, const char* kind, const std::string& codec, bool refused) {
  const std::string key = kind + codec;
  const bool known = std::find(told_.begin(), told_.end(), key) != told_.end();
  if (!refused && (known || told_.size() >= most_told)) return;
  if (!known) told_.push_back(key);
  ObjectRef<GstElement> element(gst_pad_get_parent_element(pad));
  if (!element) return;
  GstStructure* said = gst_structure_new("rxgst-codec", "kind", G_TYPE_STRING, kind, "codec", G_TYPE_STRING,
                                         codec.c_str(), "refused", G_TYPE_BOOLEAN, refused, nullptr);
  gst_element_post_message(element.get(), gst_message_new_element(GST_OBJECT(element.get()), said));
}

bool CodecGateState::keep_picture(GstPad* pad, const StreamTag& tag) {
  const uint8_t first = tag.body[0];
  const bool enhanced = first & 0x80;
  const int type = first >> 4 & 7;
  if (!enhanced && (first & 15) == h264) {
    pictures_ = true;
    foreign_ = 0;
    return true;
  }
  // A server's own messages, about seeking.
  if (type == command) return false;
  ++foreign_;
  const uint32_t most = pictures_ ? most_foreign : type == keyframe ? 1 : first_foreign;
  if (foreign_ >= most) {
    refused_ = true;
    tell(pad, "video", enhanced ? enhanced_codec(tag, 5) : std::to_string(first & 15), true);
  }
  return false;
}

bool CodecGateState::keep_audio(GstPad* pad, const StreamTag& tag) {
  const int codec = tag.body[0] >> 4;
  if (audios_ >> codec & 1) {
    audio_ = tag.body[0];
    unheard_since_ = -1;
    return true;
  }
  const std::string name = codec == enhanced_audio ? enhanced_codec(tag, 4) : std::to_string(codec);
  tell(pad, "audio", name, false);
  // Nobody waits for it, whatever the metadata says.
  timeline_->announce_audio(false);
  const int64_t now = now_us();
  if (unheard_since_ < 0) {
    unheard_since_ = now;
    unheard_ = 0;
  }
  ++unheard_;
  const int64_t limit = timeline_->picture_expected() ? alone_promised_us : alone_us;
  if (!pictures_ && unheard_ >= alone_tags && now - unheard_since_ >= limit) {
    refused_ = true;
    tell(pad, "audio", name, true);
  }
  return false;
}

bool CodecGateState::keep(GstPad* pad, const StreamTag& tag) {
  if (refused_) return false;
  // Tags without a body say nothing.
  if (tag.size == 0) return true;
  if (tag.type == video_tag) return keep_picture(pad, tag);
  return tag.type != audio_tag || keep_audio(pad, tag);
}

GstPadProbeReturn CodecGateState::on_bytes(GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const bool joined = held_ != nullptr;
  // What waited is a few bytes, before the rest of its tag. The time is that of the newer part.
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

/** new CodecGate(source, timeline, sounds): before data flows, and behind who must see every byte. */
CodecGate::CodecGate(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CodecGate>(info) {
  auto timeline = Timeline::Unwrap(info[1].As<Napi::Object>())->state();
  state_ = std::make_shared<CodecGateState>(std::move(timeline), info[2].ToNumber().Uint32Value());
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "src"));
  // As long as the pad lives: a stream that is being stopped runs on for a moment, and nothing of it may get by.
  add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [state = state_](GstPad* at, GstPadProbeInfo* bytes) { return state->on_bytes(at, bytes); });
}

/** sound(): the first byte of the last sound tag that passed, which says its codec; null: none has. */
Napi::Value CodecGate::audio(const Napi::CallbackInfo& info) {
  const int audio = state_->audio();
  return audio < 0 ? info.Env().Null() : Napi::Value(Napi::Number::New(info.Env(), audio));
}

Napi::Value CodecGate::close(const Napi::CallbackInfo& info) {
  state_->shut();
  return info.Env().Undefined();
}

}  // namespace rxgst
