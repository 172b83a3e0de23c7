#include "capture/input_limits.h"

#include <algorithm>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/probe.h"
#include "gst/time_units.h"
#include "rtmp/flood_guard.h"

namespace rxgst {
namespace {

/**
 * A picture of a hundred slices, or of a thousand, is real; libav allocates 4 KiB for each unit before it reads any.
 * H.264 has numbers for 32 sequence and 256 picture parameter sets, and encoders send one or two with each slice.
 */
constexpr size_t most_units = 4096;
constexpr size_t most_sets = 512;
constexpr size_t most_sets_a_second = 4096;
/** Encoders that write parameter sets between pictures, and no record, do so with every keyframe or each second. */
constexpr int64_t longest_headless_us = 3'000'000;
/** Messages of additional information (SEI); libav keeps memory for each. */
constexpr size_t most_messages = 1024;

/**
 * Behind refused caps no event passes, except before the parser, where GStreamer misses a segment that does not come.
 */
GstPadProbeReturn on_event(LimitsState& state, GstPad* pad, GstPadProbeInfo* info, bool entry) {
  GstCaps* caps = caps_of_event(info);
  if (!caps) return state.refused() && !entry ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  return entry ? state.on_entry_caps(pad, caps) : state.on_caps(pad, caps);
}

GstPadProbeReturn on_entry_data(LimitsState& state, GstPad* pad, GstPadProbeInfo* info) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) return state.on_entry(pad, info);
  return on_event(state, pad, info, true);
}

GstPadProbeReturn on_picture_data(LimitsState& state, GstPad* pad, GstPadProbeInfo* info) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
    return state.on_picture(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  }
  return on_event(state, pad, info, false);
}

/**
 * The probe lives as long as the pad: a stream that is being stopped runs on for a moment, and must not pass either.
 */
template <class Callback>
void probe(GstElement* element, const char* name, int types, Callback callback) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element, name));
  add_probe(pad.get(), types, std::move(callback));
}

}  // namespace

void LimitsState::refuse(GstPad* pad, const char* code, const std::string& why) {
  if (refused_.exchange(true)) return;
  ObjectRef<GstElement> element(gst_pad_get_parent_element(pad));
  if (!element) return;
  post_refused(element.get(), code, why, false);
}

bool LimitsState::fits(GstPad* pad, const MaybeProblem& problem) {
  if (problem) refuse(pad, problem->code, problem->why);
  return !problem;
}

/** The codec may change with the caps. */
bool LimitsState::configure(GstPad* pad, GstCaps* caps, Side* side) {
  if (!side->codec || side->media != media_of(caps)) *side = {std::string(media_of(caps)), picture_codec_of(caps)};
  return fits(pad, side->codec->configure(caps, sizes));
}

GstPadProbeReturn LimitsState::on_message(GstPad* pad, GstBuffer* buffer) {
  const gsize size = gst_buffer_get_size(buffer);
  if (size > max_message) {
    refuse(pad, "ERR_BAD_STREAM",
           "a message of " + std::to_string(size) + " bytes; " + std::to_string(max_message) + " are taken");
  }
  return refused_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

GstPadProbeReturn LimitsState::on_entry_caps(GstPad* pad, GstCaps* caps) {
  sets_came_ |= configure(pad, caps, &entry_) && codec_data(caps) != nullptr;
  return refused_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

GstPadProbeReturn LimitsState::on_caps(GstPad* pad, GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  int width = 0, height = 0;
  gst_structure_get_int(structure, "width", &width);
  gst_structure_get_int(structure, "height", &height);
  if (fits(pad, sizes.check(width, height))) configure(pad, caps, &behind_);
  return refused_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

bool LimitsState::check_counts(GstPad* pad, const AccessUnit& unit) {
  const int64_t now = now_us();
  if (now - sets_since_ >= us_per_s) {
    sets_since_ = now;
    sets_ = 0;
  }
  sets_ += unit.parameter_sets;
  const auto beyond = [&](size_t count, size_t most, const char* what) {
    if (count <= most) return false;
    refuse(pad, "ERR_BAD_STREAM", "more than " + std::to_string(most) + what);
    return true;
  };
  return !beyond(unit.units, most_units, " NAL units in one picture") &&
         !beyond(unit.parameter_sets, most_sets, " parameter sets in one picture") &&
         !beyond(sets_, most_sets_a_second, " parameter sets in a second") &&
         !beyond(unit.messages, most_messages, " messages of additional information in one picture");
}

/** The last unit and those before it, if none had what a decoder begins with. */
bool LimitsState::check_sets(GstPad* pad) {
  sets_came_ |= unit_.parameter_sets > 0;
  if (sets_came_) return true;
  const int64_t now = now_us();
  if (headless_since_ == 0 && (marked_ || unit_.instant)) headless_since_ = now;
  if (headless_since_ == 0 || now - headless_since_ < longest_headless_us) return true;
  refuse(pad, "ERR_BAD_STREAM", "keyframes without parameter sets, and no configuration record");
  return false;
}

/** Null: nothing is to be mended. `empty`: nothing of the unit is left. */
GstBuffer* LimitsState::mend(GstBuffer* buffer, bool* empty) {
  *empty = false;
  MappedBuffer mapped(buffer);
  const auto rest = entry_.codec->mended(mapped.data(), mapped.size());
  if (!rest) return nullptr;
  *empty = rest->empty();
  if (*empty) return nullptr;
  GstBuffer* whole = gst_buffer_new_memdup(rest->data(), rest->size());
  gst_buffer_copy_into(whole, buffer, GST_BUFFER_COPY_METADATA, 0, static_cast<gsize>(-1));
  return whole;
}

GstPadProbeReturn LimitsState::on_entry(GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  // Nothing comes before its caps.
  if (on_message(pad, buffer) == GST_PAD_PROBE_DROP || !entry_.codec) return GST_PAD_PROBE_DROP;
  bool empty = false;
  if (GstBuffer* whole = mend(buffer, &empty)) {
    gst_buffer_unref(buffer);
    GST_PAD_PROBE_INFO_DATA(info) = buffer = whole;
    ++mended;
  } else if (empty) {
    ++mended;
    return GST_PAD_PROBE_DROP;
  }
  {
    MappedBuffer mapped(buffer);
    unit_ = entry_.codec->read(mapped.data(), mapped.size(), most_units);
    if (!check_counts(pad, unit_) || !fits(pad, entry_.codec->check(mapped.data(), mapped.size(), sizes)))
      return GST_PAD_PROBE_DROP;
  }
  pictures += unit_.slices;
  marked_ = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (!check_sets(pad)) return GST_PAD_PROBE_DROP;
  const bool keyframe = unit_.instant || unit_.recovery || (unit_.intra && marked_);
  const bool timed = GST_BUFFER_PTS_IS_VALID(buffer) && GST_BUFFER_DTS_IS_VALID(buffer);
  const bool late = timed && !composition_.plausible(static_cast<int64_t>(GST_BUFFER_DTS(buffer)),
                                                     static_cast<int64_t>(GST_BUFFER_PTS(buffer)));
  if (late || keyframe != marked_) {
    GST_PAD_PROBE_INFO_DATA(info) = buffer = gst_buffer_make_writable(buffer);
    if (late) GST_BUFFER_PTS(buffer) = GST_BUFFER_DTS(buffer);
    // For every element behind this pad that counts keyframes.
    if (keyframe)
      GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    else
      GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  }
  if (late) {
    ++mistimed;
    // JavaScript gets this bit with the picture.
    if (wakeup) wakeup->note(change_mistimed);
  }
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn LimitsState::on_picture(GstPad* pad, GstBuffer* buffer) {
  if (refused_ || !behind_.codec) return GST_PAD_PROBE_DROP;
  {
    // Parameter sets may also change within the stream.
    MappedBuffer mapped(buffer);
    if (!fits(pad, behind_.codec->check(mapped.data(), mapped.size(), sizes))) return GST_PAD_PROBE_DROP;
  }
  // A stream is too fast if its own time and our time both say so. A burst is not, and neither are timestamps that
  // stand still.
  const GstClockTime dts = GST_BUFFER_DTS_OR_PTS(buffer);
  const int64_t now = now_us();
  recent_.push_back({dts, now});
  const auto old = [&](const Arrival& arrival) {
    const bool apart =
        GST_CLOCK_TIME_IS_VALID(dts) && GST_CLOCK_TIME_IS_VALID(arrival.dts) && dts >= arrival.dts + GST_SECOND;
    return apart || now - arrival.at >= us_per_s;
  };
  while (old(recent_.front())) recent_.pop_front();
  // A quarter more is allowed: times count whole milliseconds, and networks deliver in bunches.
  if (static_cast<double>(recent_.size()) > max_fps * 1.25 + 2) {
    refuse(pad, "ERR_UNSUPPORTED_MEDIA",
           "more than " + std::to_string(static_cast<int>(max_fps)) + " pictures a second (maxFps)");
    return GST_PAD_PROBE_DROP;
  }
  return GST_PAD_PROBE_OK;
}

Napi::Function InputLimits::define(Napi::Env env) {
  return DefineClass(env, "InputLimits",
                     {InstanceMethod("stats", &InputLimits::stats), InstanceMethod("close", &InputLimits::close)});
}

/**
 * new InputLimits(source | null, entry, behind, { maxWidth, maxHeight, maxFps, maxMessage }, changes | null): before
 * data flows. Null: what the source gives out are no messages, but pictures and sound. The parser stands between the
 * elements `entry` and `behind`.
 */
InputLimits::InputLimits(const Napi::CallbackInfo& info) : Napi::ObjectWrap<InputLimits>(info) {
  auto options = info[3].As<Napi::Object>();
  const auto number = [&](const char* name) { return options.Get(name).ToNumber().DoubleValue(); };
  state_->sizes.max_width = static_cast<int64_t>(number("maxWidth"));
  state_->sizes.max_height = static_cast<int64_t>(number("maxHeight"));
  state_->max_fps = number("maxFps");
  state_->max_message = static_cast<gsize>(number("maxMessage"));
  if (info[4].IsObject()) state_->wakeup = Changes::wakeup_of(info[4]);
  const ObjectRef<GstElement> entry = element_argument(info[1]), behind = element_argument(info[2]);
  constexpr int all = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;
  if (info[0].IsObject()) {
    const ObjectRef<GstElement> source = element_argument(info[0]);
    probe(source.get(), "src", GST_PAD_PROBE_TYPE_BUFFER, [state = state_](GstPad* pad, GstPadProbeInfo* message) {
      return state->on_message(pad, GST_PAD_PROBE_INFO_BUFFER(message));
    });
  }
  probe(entry.get(), "sink", all,
        [state = state_](GstPad* pad, GstPadProbeInfo* data) { return on_entry_data(*state, pad, data); });
  probe(behind.get(), "sink", all,
        [state = state_](GstPad* pad, GstPadProbeInfo* data) { return on_picture_data(*state, pad, data); });
}

/** stats(): { pictures, mended, mistimed } */
Napi::Value InputLimits::stats(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  result["pictures"] = static_cast<double>(state_->pictures);
  result["mended"] = static_cast<double>(state_->mended);
  result["mistimed"] = static_cast<double>(state_->mistimed);
  return result;
}

Napi::Value InputLimits::close(const Napi::CallbackInfo& info) {
  state_->shut();
  return info.Env().Undefined();
}

}  // namespace rxgst
