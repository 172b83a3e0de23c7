#include "capture/captions/caption_tap.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"
#include "h264/avc_config.h"
#include "hevc/config.h"
#include "js/js.h"

namespace rxgst {
namespace {

captions::PacketForm form_of(const GstCaps* caps) {
  const std::string_view media = media_of(caps);
  const MappedBuffer record(codec_data(caps));
  if (media == "video/x-av1") return {captions::Syntax::av1, 0};
  if (media == "video/x-h265") {
    const bool lengths = hevc::is_record(record.data(), record.size());
    return {captions::Syntax::hevc, lengths ? hevc::length_size_of(record.data()) : 0};
  }
  if (media != "video/x-h264") return {};
  const bool lengths = is_avc_config(record.data(), record.size());
  return {captions::Syntax::h264, lengths ? nal_length_size(record.data(), record.size()) : 0};
}

}  // namespace

void CaptionTapState::configure(GstPad* pad) {
  const CapsRef caps(gst_pad_get_current_caps(pad));
  if (caps && caps.get() == caps_.get()) return;
  caps_ = ref_caps(caps.get());
  form_ = caps_ ? form_of(caps_.get()) : captions::PacketForm{};
}

void CaptionTapState::on_picture(GstPad* pad, GstBuffer* buffer) {
  const GstClockTime shown = GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer);
  if (!GST_CLOCK_TIME_IS_VALID(shown)) return;
  if (leads_ && !led_) {
    if (const auto running = running_time(pad, shown)) {
      led_ = true;
      timeline_->establish(*running, now_us());
    }
  }
  if (!carried_ && !wanted_) return;
  configure(pad);
  captions::CcData data;
  {
    const MappedBuffer bytes(buffer);
    captions::read_captions(bytes.data(), bytes.size(), form_, &data);
  }
  if (wanted_) {
    const auto pts = running_time(pad, shown);
    std::lock_guard lock(mutex_);
    if (reader_ && pts) reader_->picture(*pts, running_time(pad, GST_BUFFER_DTS(buffer)), data);
  }
  if (carried_ && !data.empty()) carried_->add(static_cast<int64_t>(shown), std::move(data));
}

/** With mutex_ held. */
void CaptionTapState::tell(captions::Cue cue) {
  // What came before the first frame stands on the screen from then on.
  const auto zero = timeline_->zero();
  const auto capture_ns = [&](int64_t running) {
    return zero ? std::max<int64_t>(0, zero->capture * 1000 + (running - zero->running)) : 0;
  };
  cue.start_ns = capture_ns(cue.start_ns);
  cue.end_ns = capture_ns(cue.end_ns);
  cues_.push_back(std::move(cue));
  if (cues_.size() > most_cues) {
    cues_.pop_front();
    ++dropped_;
  }
  if (wakeup_) wakeup_->wake(change_packets);
}

void CaptionTapState::listen(std::shared_ptr<Wakeup> wakeup) {
  std::lock_guard lock(mutex_);
  wakeup_ = std::move(wakeup);
  wanted_ = wakeup_ != nullptr;
  reader_ = wanted_ ? std::make_unique<captions::CaptionReader>([this](captions::Cue cue) { tell(std::move(cue)); })
                    : nullptr;
}

void CaptionTapState::finish() {
  std::lock_guard lock(mutex_);
  wanted_ = false;
  if (reader_) reader_->finish();
  reader_.reset();
}

std::deque<captions::Cue> CaptionTapState::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(cues_, {});
}

uint64_t CaptionTapState::dropped() {
  std::lock_guard lock(mutex_);
  return dropped_;
}

std::shared_ptr<CarriedCaptions> CaptionTapState::carry() {
  if (!carried_) carried_ = std::make_shared<CarriedCaptions>();
  return carried_;
}

Napi::Function CaptionTap::define(Napi::Env env) {
  return DefineClass(env, "CaptionTap",
                     {InstanceMethod("listen", &CaptionTap::listen), InstanceMethod("read", &CaptionTap::read),
                      InstanceMethod("finish", &CaptionTap::finish), InstanceMethod("dropped", &CaptionTap::dropped),
                      InstanceMethod("close", &CaptionTap::close)});
}

/** new CaptionTap(element, timeline, leads): of the pictures that enter its sink pad. Before data flows. */
CaptionTap::CaptionTap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CaptionTap>(info) {
  auto timeline = Timeline::Unwrap(info[1].As<Napi::Object>())->state();
  state_ = std::make_shared<CaptionTapState>(std::move(timeline), info[2].ToBoolean().Value());
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "sink"));
  probe_ = PadProbe(std::move(pad), each_buffer, [state = state_](GstPad* at, GstPadProbeInfo* buffers) {
    for_each_buffer(buffers, [&](GstBuffer* buffer) { state->on_picture(at, buffer); });
    return GST_PAD_PROBE_OK;
  });
}

/** listen(changes | null): text is read from now on, or no more. */
Napi::Value CaptionTap::listen(const Napi::CallbackInfo& info) {
  state_->listen(info[0].IsObject() ? Changes::wakeup_of(info[0]) : nullptr);
  return info.Env().Undefined();
}

/** read(): [{ timestamp, duration, text, service, cea708 }], all that wait. */
Napi::Value CaptionTap::read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::deque<captions::Cue> taken = state_->take();
  auto result = Napi::Array::New(env, taken.size());
  uint32_t index = 0;
  for (const captions::Cue& cue : taken) {
    const Napi::HandleScope scope(env);
    auto one = Napi::Object::New(env);
    one["timestamp"] = static_cast<double>(cue.start_ns / 1000);
    one["duration"] = static_cast<double>((cue.end_ns - cue.start_ns) / 1000);
    one["text"] = cue.text;
    one["channel"] = cue.channel;
    one["cea708"] = Napi::Boolean::New(env, cue.format == captions::CueFormat::cea708);
    result[index++] = one;
  }
  return result;
}

/** finish(): what stands on the screen is a cue as well; nothing is read any more. */
Napi::Value CaptionTap::finish(const Napi::CallbackInfo& info) {
  state_->finish();
  return info.Env().Undefined();
}

/** dropped(): cues that were lost, because JavaScript took none for too long. */
Napi::Value CaptionTap::dropped(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->dropped()));
}

Napi::Value CaptionTap::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  // What it tells now can still be read.
  state_->finish();
  return info.Env().Undefined();
}

}  // namespace rxgst
