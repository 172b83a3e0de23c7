// A GStreamer plugin that offers the elements of hardware that is not there: H.264 in software under the names of NVIDIA's
// and VA's elements, with their properties, and with the ways in which they fail. What each does is said by the
// environment when it is made:
//
//   RXGST_FAKE_HARDWARE="nvh264dec=ok nvh264enc=hang:50 vah264enc=crash"
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
// narrow   a decoder of the constrained baseline profile alone
#include <gst/gst.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

struct Fault {
  std::string kind = "absent";
  guint64 at = 0;
};

Fault fault_of(const std::string& factory) {
  const char* text = std::getenv("RXGST_FAKE_HARDWARE");
  const std::string all = text ? std::string(" ") + text + " " : " ";
  const size_t from = all.find(" " + factory + "=");
  if (from == std::string::npos) return {};
  const size_t begin = from + factory.size() + 2;
  const std::string value = all.substr(begin, all.find(' ', begin) - begin);
  const size_t colon = value.find(':');
  Fault fault{value.substr(0, colon), 0};
  if (colon != std::string::npos) fault.at = std::strtoull(value.c_str() + colon + 1, nullptr, 10);
  return fault;
}

struct FakeBin {
  GstBin parent;
  Fault* fault;
  GstElement* codec;
  guint64 pictures;
};

struct FakeBinClass {
  GstBinClass parent;
  const char* inner;
};

enum { PROP_BITRATE = 1, PROP_GOP, PROP_OTHER };

gpointer parent_class = nullptr;

FakeBin* self_of(gpointer object) { return reinterpret_cast<FakeBin*>(object); }

GstPadProbeReturn on_picture(GstPad*, GstPadProbeInfo*, gpointer data) {
  FakeBin* self = self_of(data);
  const Fault& fault = *self->fault;
  const bool due = ++self->pictures >= std::max<guint64>(fault.at, 1);
  if (fault.kind == "crash" && due) raise(SIGSEGV);
  if (fault.kind == "hang" && due) {
    for (;;) g_usleep(G_USEC_PER_SEC);
  }
  if (fault.kind == "mute" && due) return GST_PAD_PROBE_DROP;
  if (fault.kind == "late") g_usleep(fault.at * 1000);
  if (fault.kind == "fail" && due) {
    if (self->pictures == std::max<guint64>(fault.at, 1)) {
      GST_ELEMENT_ERROR(self, LIBRARY, FAILED, ("The device is lost."), ("CUDA_ERROR_UNKNOWN"));
    }
    return GST_PAD_PROBE_DROP;
  }
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

void set_property(GObject* object, guint id, const GValue* value, GParamSpec*) {
  FakeBin* self = self_of(object);
  if (!self->codec) return;
  if (id == PROP_BITRATE) g_object_set(self->codec, "bitrate", g_value_get_uint(value), nullptr);
  if (id == PROP_GOP) g_object_set(self->codec, "key-int-max", static_cast<guint>(g_value_get_int(value)), nullptr);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  FakeBin* self = self_of(object);
  guint bitrate = 0;
  if (id == PROP_BITRATE && self->codec) {
    g_object_get(self->codec, "bitrate", &bitrate, nullptr);
    g_value_set_uint(value, bitrate);
  } else {
    g_param_value_set_default(spec, value);
  }
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange change) {
  FakeBin* self = self_of(element);
  if (change == GST_STATE_CHANGE_NULL_TO_READY && self->fault->kind == "refuse") {
    GST_ELEMENT_ERROR(self, LIBRARY, INIT, ("No session is left."), ("NV_ENC_ERR_OUT_OF_MEMORY"));
    return GST_STATE_CHANGE_FAILURE;
  }
  if (change == GST_STATE_CHANGE_NULL_TO_READY && self->fault->kind == "stuck") {
    for (;;) g_usleep(G_USEC_PER_SEC);
  }
  return GST_ELEMENT_CLASS(parent_class)->change_state(element, change);
}

void finalize(GObject* object) {
  delete self_of(object)->fault;
  G_OBJECT_CLASS(parent_class)->finalize(object);
}

void constructed(GObject* object) {
  G_OBJECT_CLASS(parent_class)->constructed(object);
  FakeBin* self = self_of(object);
  const auto* type = reinterpret_cast<FakeBinClass*>(G_OBJECT_GET_CLASS(object));
  self->fault = new Fault(fault_of(G_OBJECT_TYPE_NAME(object) + std::strlen("Fake")));
  self->codec = gst_element_factory_make(type->inner, nullptr);
  if (!self->codec) return;
  const bool encodes = std::strcmp(type->inner, "x264enc") == 0;
  if (encodes) gst_util_set_object_arg(G_OBJECT(self->codec), "tune", "zerolatency");
  if (encodes) gst_util_set_object_arg(G_OBJECT(self->codec), "speed-preset", "ultrafast");
  if (!encodes) gst_util_set_object_arg(G_OBJECT(self->codec), "thread-type", "slice");
  gst_bin_add(&self->parent, self->codec);
  GstElement* first = self->codec;
  if (self->fault->kind == "narrow") {
    first = gst_element_factory_make("capsfilter", nullptr);
    gst_util_set_object_arg(G_OBJECT(first), "caps", "video/x-h264, profile=(string)constrained-baseline");
    gst_bin_add(&self->parent, first);
    gst_element_link(first, self->codec);
  }
  for (const char* name : {"sink", "src"}) {
    GstPad* inner = gst_element_get_static_pad(std::strcmp(name, "sink") == 0 ? first : self->codec, name);
    GstPad* ghost = gst_ghost_pad_new(name, inner);
    gst_element_add_pad(GST_ELEMENT(object), ghost);
    // Inside: who looks at the bin's own pad has seen the picture go in.
    if (std::strcmp(name, "sink") == 0) gst_pad_add_probe(inner, GST_PAD_PROBE_TYPE_BUFFER, on_picture, self, nullptr);
    gst_object_unref(inner);
    if (std::strcmp(name, "src") == 0 && self->fault->kind == "wrong") {
      gst_pad_add_probe(ghost, GST_PAD_PROBE_TYPE_BUFFER, spoil, nullptr, nullptr);
    }
  }
}

constexpr auto settable = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

void add_other(GObjectClass* type, guint* id, GParamSpec* spec) { g_object_class_install_property(type, (*id)++, spec); }

void class_init(gpointer klass, gpointer data) {
  auto* object = G_OBJECT_CLASS(klass);
  auto* element = GST_ELEMENT_CLASS(klass);
  const std::string factory = static_cast<const char*>(data);
  const bool encodes = factory.ends_with("enc");
  reinterpret_cast<FakeBinClass*>(klass)->inner = encodes ? "x264enc" : "avdec_h264";
  parent_class = g_type_class_peek_parent(klass);
  object->constructed = constructed;
  object->finalize = finalize;
  object->set_property = set_property;
  object->get_property = get_property;
  element->change_state = change_state;
  static GstStaticCaps coded = GST_STATIC_CAPS("video/x-h264");
  static GstStaticCaps raw = GST_STATIC_CAPS("video/x-raw");
  GstCaps* in = gst_static_caps_get(encodes ? &raw : &coded);
  GstCaps* out = gst_static_caps_get(encodes ? &coded : &raw);
  gst_element_class_add_pad_template(element, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, in));
  gst_element_class_add_pad_template(element, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, out));
  gst_caps_unref(in);
  gst_caps_unref(out);
  gst_element_class_set_static_metadata(element, "Fake", encodes ? "Codec/Encoder/Video/Hardware" : "Codec/Decoder/Video/Hardware",
                                        "Software under the name of hardware", "rxgst");
  if (!encodes) return;
  const bool nvidia = factory == "nvh264enc";
  g_object_class_install_property(object, PROP_BITRATE, g_param_spec_uint("bitrate", "", "kbit/s", 0, 2048000, 2048, settable));
  const char* gop = nvidia ? "gop-size" : factory == "vaapih264enc" ? "keyframe-period" : "key-int-max";
  g_object_class_install_property(object, PROP_GOP, g_param_spec_int(gop, "", "", -1, G_MAXINT, 75, settable));
  guint id = PROP_OTHER;
  for (const char* name : {nvidia ? "rc-mode" : "rate-control", "preset"}) add_other(object, &id, g_param_spec_string(name, "", "", "", settable));
  for (const char* name : {"zerolatency", "strict-gop"}) add_other(object, &id, g_param_spec_boolean(name, "", "", FALSE, settable));
  for (const char* name : {"bframes", "b-frames", "max-bframes", "rc-lookahead", "ref-frames", "refs", "target-usage", "quality-level"}) {
    add_other(object, &id, g_param_spec_uint(name, "", "", 0, 100, 0, settable));
  }
}

gboolean register_element(GstPlugin* plugin, const char* factory) {
  if (fault_of(factory).kind == "absent") return TRUE;
  GTypeQuery bin;
  g_type_query(GST_TYPE_BIN, &bin);
  GTypeInfo info{};
  info.class_size = static_cast<guint16>(std::max<size_t>(bin.class_size, sizeof(FakeBinClass)));
  info.class_init = class_init;
  info.class_data = factory;
  info.instance_size = static_cast<guint16>(std::max<size_t>(bin.instance_size, sizeof(FakeBin)));
  const std::string name = std::string("Fake") + factory;
  const GType type = g_type_register_static(GST_TYPE_BIN, name.c_str(), &info, static_cast<GTypeFlags>(0));
  return gst_element_register(plugin, factory, GST_RANK_NONE, type);
}

gboolean init(GstPlugin* plugin) {
  for (const char* factory : {"nvh264dec", "vah264dec", "vaapih264dec", "nvh264enc", "vah264enc", "vah264lpenc", "vaapih264enc"}) {
    if (!register_element(plugin, factory)) return FALSE;
  }
  return TRUE;
}

}  // namespace

#define PACKAGE "rxgst"
extern "C" {
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, fakehardware, "Hardware that is not there", init, "1.0", "LGPL", "rxgst", "https://rxgst.example/")
}
