#include "capture/input_limits.h"

#include <algorithm>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/probe.h"
#include "gst/time_units.h"
#include "h264/avc_config.h"
#include "h264/sps.h"
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

/** Width and height may be swapped. Coded sizes are whole macroblocks: 1088 lines for 1080. */
bool LimitsState::check_size(GstPad* pad, int64_t width, int64_t height, bool coded) {
  const auto limit = [coded](int64_t side) { return coded ? (side + 15) / 16 * 16 : side; };
  if (std::max(width, height) <= limit(std::max(max_width, max_height)) &&
      std::min(width, height) <= limit(std::min(max_width, max_height))) {
    return true;
  }
  refuse(pad, "ERR_UNSUPPORTED_MEDIA",
         "pictures of " + std::to_string(width) + " × " + std::to_string(height) + "; at most " +
             std::to_string(max_width) + " × " + std::to_string(max_height) + " are taken (maxWidth, maxHeight)");
  return false;
}

GstPadProbeReturn LimitsState::on_message(GstPad* pad, GstBuffer* buffer) {
  const gsize size = gst_buffer_get_size(buffer);
  if (size > max_message) {
    refuse(pad, "ERR_BAD_STREAM",
           "a message of " + std::to_string(size) + " bytes; " + std::to_string(max_message) + " are taken");
  }
  return refused_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

bool LimitsState::check_parameter_set(GstPad* pad, const uint8_t* nal, gsize size) {
  const auto coded = coded_size(nal, size);
  if (!coded) {
    refuse(pad, "ERR_BAD_STREAM", "an H.264 parameter set that cannot be read, or not in one way alone");
    return false;
  }
  // Parameter sets of further layers have profiles of their own.
  if (unit_type(nal) == sps_unit && !is_known_profile(coded->profile)) {
    refuse(pad, "ERR_UNSUPPORTED_MEDIA",
           "H.264 of profile " + std::to_string(coded->profile) + "; baseline, main, extended and high are taken");
    return false;
  }
  if (unit_type(nal) == sps_unit && !coded->known_depth) {
    refuse(pad, "ERR_UNSUPPORTED_MEDIA", "H.264 whose samples have neither 8, 10 nor 12 bits each");
    return false;
  }
  return check_size(pad, coded->width, coded->height, true);
}

/** libav reads both lists of parameter sets with one reader. */
bool LimitsState::check_record(GstPad* pad, GstCaps* caps, int* length_size) {
  *length_size = 0;
  GstBuffer* record = codec_data(caps);
  if (!record) return true;
  const MappedBuffer mapped(record);
  const auto bad = [&](const char* how) {
    refuse(pad, "ERR_BAD_STREAM", std::string("an H.264 configuration record that ") + how);
    return false;
  };
  if (!is_avc_config(mapped.data(), mapped.size())) return bad("is none");
  *length_size = nal_length_size(mapped.data(), mapped.size());
  // A length of 3 bytes is reserved, and data that begins with the number 1 looks like a record to libav.
  if (*length_size == 3) return bad("announces lengths of 3 bytes");
  const auto check = [&](const uint8_t* nal, size_t length) {
    if (length == 0) return true;
    // If a start code follows, libav finds it, and may read the first set differently because of it.
    if (find_start_code(nal, length, 0) < length) return bad("hides a parameter set in another");
    return !is_sequence_set(nal) || check_parameter_set(pad, nal, length);
  };
  const AvcSets sets = each_parameter_set(mapped.data(), mapped.size(), AvcLists::all_sets, check);
  if (sets == AvcSets::torn) return bad("ends within a parameter set");
  return sets == AvcSets::whole;
}

GstPadProbeReturn LimitsState::on_entry_caps(GstPad* pad, GstCaps* caps) {
  check_record(pad, caps, &entry_length_size_);
  return refused_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

GstPadProbeReturn LimitsState::on_caps(GstPad* pad, GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  int width = 0, height = 0;
  gst_structure_get_int(structure, "width", &width);
  gst_structure_get_int(structure, "height", &height);
  if (check_size(pad, width, height, false)) check_record(pad, caps, &length_size_);
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

bool LimitsState::check_units(GstPad* pad, const uint8_t* data, gsize size, int length_size) {
  bool fits = true;
  each_unit(data, size, length_size, [&](const uint8_t* nal, size_t length) {
    if (fits && is_sequence_set(nal)) fits = check_parameter_set(pad, nal, length);
  });
  return fits;
}

/** Null: nothing is to be mended. `empty`: nothing of the unit is left. */
GstBuffer* LimitsState::mend(GstBuffer* buffer, bool* empty) {
  *empty = false;
  if (entry_length_size_ == 0) return nullptr;
  MappedBuffer mapped(buffer);
  const auto rest = without_odd_units(mapped.data(), mapped.size(), entry_length_size_);
  if (!rest) return nullptr;
  *empty = rest->empty();
  if (*empty) return nullptr;
  GstBuffer* whole = gst_buffer_new_memdup(rest->data(), rest->size());
  gst_buffer_copy_into(whole, buffer, GST_BUFFER_COPY_METADATA, 0, static_cast<gsize>(-1));
  return whole;
}

GstPadProbeReturn LimitsState::on_entry(GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (on_message(pad, buffer) == GST_PAD_PROBE_DROP) return GST_PAD_PROBE_DROP;
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
    unit_ = read_access_unit(mapped.data(), mapped.size(), entry_length_size_, most_units);
    if (!check_counts(pad, unit_) || !check_units(pad, mapped.data(), mapped.size(), entry_length_size_))
      return GST_PAD_PROBE_DROP;
  }
  pictures += unit_.slices;
  marked_ = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
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
  if (refused_) return GST_PAD_PROBE_DROP;
  {
    // Parameter sets may also change within the stream.
    MappedBuffer mapped(buffer);
    if (!check_units(pad, mapped.data(), mapped.size(), length_size_)) return GST_PAD_PROBE_DROP;
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
 * new InputLimits(source | null, parser, { maxWidth, maxHeight, maxFps, maxMessage }, changes | null): before data
 * flows. Null: what the source gives out are no messages, but pictures and sound.
 */
InputLimits::InputLimits(const Napi::CallbackInfo& info) : Napi::ObjectWrap<InputLimits>(info) {
  auto options = info[2].As<Napi::Object>();
  const auto number = [&](const char* name) { return options.Get(name).ToNumber().DoubleValue(); };
  state_->max_width = static_cast<int64_t>(number("maxWidth"));
  state_->max_height = static_cast<int64_t>(number("maxHeight"));
  state_->max_fps = number("maxFps");
  state_->max_message = static_cast<gsize>(number("maxMessage"));
  if (info[3].IsObject()) state_->wakeup = Changes::wakeup_of(info[3]);
  const ObjectRef<GstElement> parser = element_argument(info[1]);
  constexpr int all = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;
  if (info[0].IsObject()) {
    const ObjectRef<GstElement> source = element_argument(info[0]);
    probe(source.get(), "src", GST_PAD_PROBE_TYPE_BUFFER, [state = state_](GstPad* pad, GstPadProbeInfo* message) {
      return state->on_message(pad, GST_PAD_PROBE_INFO_BUFFER(message));
    });
  }
  probe(parser.get(), "sink", all,
        [state = state_](GstPad* pad, GstPadProbeInfo* data) { return on_entry_data(*state, pad, data); });
  probe(parser.get(), "src", all,
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
