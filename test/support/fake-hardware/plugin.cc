// A GStreamer plugin that offers the elements of hardware that is not there: H.264, HEVC and AV1 in software under the
// names of NVIDIA's and VA's elements, with their pad templates and properties, and with the ways in which they fail.
// What each does is said by the environment when it is made:
//
//   RXGST_FAKE_HARDWARE="nvh264dec=ok nvh264enc=hang:50 vah264enc=crash"   RXGST_FAKE_VERSION=1.26
//
// absent   is not offered
// ok       works
// refuse   cannot be opened: READY fails, as where all sessions of a card are taken
// stuck    does not return from being opened
// fail:N   an error at its Nth picture
// hang:N   does not return from its Nth picture
// mute:N   takes pictures from the Nth on and gives none
// crash:N  ends the process with a signal at its Nth picture
// wrong    gives other pictures
// late:MS  gives every picture MS later
// holds:N  holds N pictures back, whatever its properties say
// narrow   a decoder of the constrained baseline profile alone
#include <gst/gst.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <utility>

#include "contexts.h"
#include "elements.h"
#include "properties.h"

namespace {

struct Fault {
  std::string kind = "absent";
  guint64 at = 0;
};

Fault fault_of(std::string_view factory) {
  const char* text = std::getenv("RXGST_FAKE_HARDWARE");
  const std::string all = text ? std::string(" ") + text + " " : " ";
  const std::string name = " " + std::string(factory) + "=";
  const size_t from = all.find(name);
  if (from == std::string::npos) return {};
  const size_t begin = from + name.size();
  const std::string value = all.substr(begin, all.find(' ', begin) - begin);
  const size_t colon = value.find(':');
  Fault fault{value.substr(0, colon), 0};
  if (colon != std::string::npos) fault.at = std::strtoull(value.c_str() + colon + 1, nullptr, 10);
  return fault;
}

/** All that an instance has of its own. */
struct State {
  Fault fault;
  GstElement* codec = nullptr;
  guint64 pictures = 0;
  fake::Contexts contexts;
  fake::Values values;
  std::deque<GstBuffer*> held;
  bool lets_go = false;
  bool is_live = false;
};

struct FakeBin {
  GstBin parent;
  State* state;
};

struct FakeBinClass {
  GstBinClass parent;
  const fake::ElementFacts* facts;
};

gpointer parent_class = nullptr;

State& state_of(gpointer object) { return *reinterpret_cast<FakeBin*>(object)->state; }
const fake::ElementFacts& facts_of(gpointer object) {
  return *reinterpret_cast<FakeBinClass*>(G_OBJECT_GET_CLASS(object))->facts;
}

GstPadProbeReturn on_picture(GstPad*, GstPadProbeInfo*, gpointer data) {
  State& state = state_of(data);
  const Fault& fault = state.fault;
  if (state.pictures == 0) {
    GstQuery* query = gst_query_new_latency();
    GstPad* sink = gst_element_get_static_pad(GST_ELEMENT(data), "sink");
    gboolean live = FALSE;
    if (gst_pad_peer_query(sink, query)) gst_query_parse_latency(query, &live, nullptr, nullptr);
    state.is_live = live;
    gst_object_unref(sink);
    gst_query_unref(query);
  }
  const bool due = ++state.pictures >= std::max<guint64>(fault.at, 1);
  if (fault.kind == "crash" && due) raise(SIGSEGV);
  if (fault.kind == "hang" && due) {
    for (;;) g_usleep(G_USEC_PER_SEC);
  }
  if (fault.kind == "mute" && due) return GST_PAD_PROBE_DROP;
  if (fault.kind == "late") g_usleep(fault.at * 1000);
  if (fault.kind == "fail" && due) {
    if (state.pictures == std::max<guint64>(fault.at, 1)) {
      GST_ELEMENT_ERROR(data, LIBRARY, FAILED, ("The device is lost."), ("CUDA_ERROR_UNKNOWN"));
    }
    return GST_PAD_PROBE_DROP;
  }
  return GST_PAD_PROBE_OK;
}

/** As many as the real one keeps for itself, so that its device has always something to do. */
size_t most_held(gpointer object) {
  const State& state = state_of(object);
  if (state.fault.kind == "holds") return state.fault.at;
  const auto& facts = facts_of(object);
  const gint64 asked = fake::number_of(state.values, "max-display-delay", -1);
  return asked >= 0 ? static_cast<size_t>(asked) : state.is_live ? facts.held_live : facts.held;
}

GstPadProbeReturn hold_back(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  State& state = state_of(data);
  if (state.lets_go) return GST_PAD_PROBE_OK;
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
    state.held.push_back(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_PAD_PROBE_INFO_DATA(info) = nullptr;
    if (state.held.size() <= most_held(data)) return GST_PAD_PROBE_HANDLED;
    GST_PAD_PROBE_INFO_DATA(info) = state.held.front();
    state.held.pop_front();
    return GST_PAD_PROBE_OK;
  }
  if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) != GST_EVENT_EOS) return GST_PAD_PROBE_OK;
  state.lets_go = true;
  for (GstBuffer* buffer : std::exchange(state.held, {})) gst_pad_chain(pad, buffer);
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn spoil(GstPad*, GstPadProbeInfo* info, gpointer) {
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  GstMapInfo map;
  if (gst_buffer_map(buffer, &map, GST_MAP_READWRITE)) {
    for (gsize i = 0; i < map.size / 2; ++i) map.data[i] = static_cast<guint8>(map.data[i] ^ 0x5a);
    gst_buffer_unmap(buffer, &map);
  }
  return GST_PAD_PROBE_OK;
}

/** The real ones leave pictures on the card where what follows takes them there; nothing here can. */
GstPadProbeReturn on_caps(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) != GST_EVENT_CAPS) return GST_PAD_PROBE_OK;
  GstCaps* card = gst_caps_from_string("video/x-raw(memory:CUDAMemory); video/x-raw(memory:VAMemory)");
  GstCaps* peer = gst_pad_peer_query_caps(pad, card);
  if (peer && !gst_caps_is_empty(peer) && !gst_caps_is_any(peer)) {
    GST_ELEMENT_ERROR(data, STREAM, WRONG_TYPE, ("The pictures stay on the card."), ("what follows takes them there"));
  }
  gst_clear_caps(&peer);
  gst_caps_unref(card);
  return GST_PAD_PROBE_OK;
}

void set_property(GObject* object, guint, const GValue* value, GParamSpec* spec) {
  State& state = state_of(object);
  GValue& kept = state.values[spec->name];
  if (!G_IS_VALUE(&kept)) g_value_init(&kept, spec->value_type);
  g_value_copy(value, &kept);
  if (!state.codec) return;
  const std::string name = spec->name;
  const bool av1 = facts_of(object).factory.find("av1") != std::string_view::npos;
  if (name == "bitrate")
    g_object_set(state.codec, av1 ? "target-bitrate" : "bitrate", g_value_get_uint(value), nullptr);
  if (name == "gop-size" || name == "key-int-max" || name == "keyframe-period") {
    g_object_set(state.codec, av1 ? "keyframe-max-dist" : "key-int-max",
                 static_cast<gint>(fake::number_of(state.values, name, 0)), nullptr);
  }
}

void get_property(GObject* object, guint, GValue* value, GParamSpec* spec) {
  const auto& values = state_of(object).values;
  const auto found = values.find(spec->name);
  if (found == values.end())
    g_param_value_set_default(spec, value);
  else
    g_value_copy(&found->second, value);
}

void set_context(GstElement* element, GstContext* context) {
  fake::take_context(element, context, &state_of(element).contexts);
  GST_ELEMENT_CLASS(parent_class)->set_context(element, context);
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange change) {
  State& state = state_of(element);
  if (change == GST_STATE_CHANGE_NULL_TO_READY) {
    if (state.fault.kind == "refuse") {
      GST_ELEMENT_ERROR(element, LIBRARY, INIT, ("No session is left."), ("NV_ENC_ERR_OUT_OF_MEMORY"));
      return GST_STATE_CHANGE_FAILURE;
    }
    if (state.fault.kind == "stuck") {
      for (;;) g_usleep(G_USEC_PER_SEC);
    }
    if (facts_of(element).factory.starts_with("nv")) fake::open_card(element, &state.contexts);
    if (facts_of(element).asks_for_display) fake::open_display(element, &state.contexts);
  }
  const GstStateChangeReturn changed = GST_ELEMENT_CLASS(parent_class)->change_state(element, change);
  if (change == GST_STATE_CHANGE_PAUSED_TO_READY) {
    for (GstBuffer* buffer : std::exchange(state.held, {})) gst_buffer_unref(buffer);
  }
  if (change == GST_STATE_CHANGE_READY_TO_NULL) fake::close_card(&state.contexts);
  return changed;
}

void finalize(GObject* object) {
  for (auto& [name, value] : state_of(object).values) g_value_unset(&value);
  fake::close_card(&state_of(object).contexts);
  delete reinterpret_cast<FakeBin*>(object)->state;
  G_OBJECT_CLASS(parent_class)->finalize(object);
}

GstElement* filter(GstBin* bin, GstCaps* caps) {
  GstElement* element = gst_element_factory_make("capsfilter", nullptr);
  g_object_set(element, "caps", caps, nullptr);
  gst_bin_add(bin, element);
  return element;
}

/** The caps of a template that are in the computer's memory: the others are nobody's here. */
GstCaps* in_memory(const char* text) {
  GstCaps* all = gst_caps_from_string(text);
  GstCaps* found = gst_caps_new_empty();
  for (guint i = 0; i < gst_caps_get_size(all); ++i) {
    if (!gst_caps_features_is_equal(gst_caps_get_features(all, i), GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY)) continue;
    gst_caps_append_structure(found, gst_structure_copy(gst_caps_get_structure(all, i)));
  }
  gst_caps_unref(all);
  return found;
}

void add_pad(GstElement* bin, const char* name, GstElement* inner) {
  GstPad* target = gst_element_get_static_pad(inner, name);
  GstPadTemplate* real = gst_element_get_pad_template(bin, name);
  gst_element_add_pad(bin, gst_ghost_pad_new_from_template(name, target, real));
  gst_object_unref(target);
}

void constructed(GObject* object) {
  G_OBJECT_CLASS(parent_class)->constructed(object);
  State& state = state_of(object);
  const auto& facts = facts_of(object);
  state.fault = fault_of(facts.factory);
  const bool encodes = facts.factory.ends_with("enc");
  const bool hevc = facts.factory.find("265") != std::string_view::npos;
  const bool av1 = facts.factory.find("av1") != std::string_view::npos;
  state.codec = gst_element_factory_make(av1       ? encodes ? "av1enc" : "av1dec"
                                         : hevc    ? encodes ? "x265enc" : "avdec_h265"
                                         : encodes ? "x264enc"
                                                   : "avdec_h264",
                                         nullptr);
  if (!state.codec) return;
  // Their groups are closed, and their keyframes IDR pictures. A constant quantizer takes the least time.
  if (encodes && hevc) g_object_set(state.codec, "option-string", "open-gop=0:scenecut=0", "qp", 28, nullptr);
  if (encodes && av1) {
    for (const auto& [name, value] : {std::pair{"usage-profile", "realtime"},
                                      {"end-usage", "cbr"},
                                      {"cpu-used", "10"},
                                      {"min-quantizer", "2"},
                                      {"max-quantizer", "63"}})
      gst_util_set_object_arg(G_OBJECT(state.codec), name, value);
  }
  if (encodes && !av1) gst_util_set_object_arg(G_OBJECT(state.codec), "tune", "zerolatency");
  if (encodes && !av1) gst_util_set_object_arg(G_OBJECT(state.codec), "speed-preset", "ultrafast");
  if (!encodes && !av1) gst_util_set_object_arg(G_OBJECT(state.codec), "thread-type", "slice");
  auto* bin = GST_BIN(object);
  gst_bin_add(bin, state.codec);
  // x264enc has more profiles than the real ones tell of: theirs are said on the way in of a decoder alone.
  GstCaps* in = in_memory(facts.sink);
  GstCaps* out = in_memory(facts.src);
  if (encodes) gst_structure_remove_field(gst_caps_get_structure(out, 0), "profile");
  if (state.fault.kind == "narrow") {
    gst_caps_set_simple(in, "profile", G_TYPE_STRING, "constrained-baseline", nullptr);
  }
  GstElement* first = filter(bin, in);
  // A device gives what it gives; software behind it makes that of what the decoder in software gives.
  GstElement* between = encodes ? nullptr : gst_element_factory_make("videoconvert", nullptr);
  // x265enc and av1enc take no NV12, and av1enc of 1.22 does not say what its form is.
  if (encodes && av1) gst_structure_remove_field(gst_caps_get_structure(out, 0), "stream-format");
  GstElement* before = encodes && (hevc || av1) ? gst_element_factory_make("videoconvert", nullptr) : nullptr;
  GstElement* last = filter(bin, out);
  gst_caps_unref(in);
  gst_caps_unref(out);
  if (between) gst_bin_add(bin, between);
  if (before) gst_bin_add(bin, before);
  if (before)
    gst_element_link_many(first, before, state.codec, nullptr);
  else
    gst_element_link(first, state.codec);
  if (between)
    gst_element_link_many(state.codec, between, last, nullptr);
  else
    gst_element_link(state.codec, last);
  add_pad(GST_ELEMENT(object), "sink", first);
  add_pad(GST_ELEMENT(object), "src", last);
  // Inside: who looks at the bin's own pad has seen the picture go in.
  GstPad* sink = gst_element_get_static_pad(state.codec, "sink");
  gst_pad_add_probe(sink, GST_PAD_PROBE_TYPE_BUFFER, on_picture, object, nullptr);
  gst_object_unref(sink);
  GstPad* src = gst_element_get_static_pad(GST_ELEMENT(object), "src");
  gst_pad_add_probe(src, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps, object, nullptr);
  const auto all = static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM);
  GstPad* inside = gst_element_get_static_pad(last, "sink");
  gst_pad_add_probe(inside, all, hold_back, object, nullptr);
  gst_object_unref(inside);
  if (state.fault.kind == "wrong") gst_pad_add_probe(src, GST_PAD_PROBE_TYPE_BUFFER, spoil, nullptr, nullptr);
  gst_object_unref(src);
}

void add_template(GstElementClass* type, const char* name, GstPadDirection direction, const char* text) {
  GstCaps* caps = gst_caps_from_string(text);
  gst_element_class_add_pad_template(type, gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
}

void class_init(gpointer klass, gpointer data) {
  auto* object = G_OBJECT_CLASS(klass);
  auto* element = GST_ELEMENT_CLASS(klass);
  const auto* facts = static_cast<const fake::ElementFacts*>(data);
  reinterpret_cast<FakeBinClass*>(klass)->facts = facts;
  parent_class = g_type_class_peek_parent(klass);
  object->constructed = constructed;
  object->finalize = finalize;
  object->set_property = set_property;
  object->get_property = get_property;
  element->change_state = change_state;
  element->set_context = set_context;
  add_template(element, "sink", GST_PAD_SINK, facts->sink);
  add_template(element, "src", GST_PAD_SRC, facts->src);
  const bool encodes = facts->factory.ends_with("enc");
  const char* klass_text = encodes ? "Codec/Encoder/Video/Hardware" : "Codec/Decoder/Video/Hardware";
  gst_element_class_set_static_metadata(element, "Fake", klass_text, "Software under the name of hardware", "rxgst");
  fake::install(object, facts->properties);
}

void instance_init(GTypeInstance* instance, gpointer) { reinterpret_cast<FakeBin*>(instance)->state = new State; }

gboolean register_element(GstPlugin* plugin, const fake::ElementFacts& facts) {
  if (fault_of(facts.factory).kind == "absent") return TRUE;
  GTypeQuery bin;
  g_type_query(GST_TYPE_BIN, &bin);
  GTypeInfo info{};
  info.class_size = static_cast<guint16>(std::max<size_t>(bin.class_size, sizeof(FakeBinClass)));
  info.class_init = class_init;
  info.class_data = &facts;
  info.instance_init = instance_init;
  info.instance_size = static_cast<guint16>(std::max<size_t>(bin.instance_size, sizeof(FakeBin)));
  const std::string name = "Fake" + std::string(facts.factory);
  const GType type = g_type_register_static(GST_TYPE_BIN, name.c_str(), &info, static_cast<GTypeFlags>(0));
  return gst_element_register(plugin, std::string(facts.factory).c_str(), GST_RANK_NONE, type);
}

gboolean init(GstPlugin* plugin) {
  const char* told = std::getenv("RXGST_FAKE_VERSION");
  const std::string_view version = told ? told : "1.22";
  for (const auto& facts : fake::elements) {
    if (!facts.version.empty() && facts.version != version) continue;
    if (!register_element(plugin, facts)) return FALSE;
  }
  return TRUE;
}

}  // namespace

#define PACKAGE "rxgst"
extern "C" {
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, fakehardware, "Hardware that is not there", init, "1.0", "LGPL",
                  "rxgst", "https://rxgst.example/")
}
