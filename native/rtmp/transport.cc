#include "rtmp/transport.h"

#include "gst/element.h"
#include "gst/refs.h"
#include "js/js.h"
#include "rtmp/sockets.h"

namespace rxgst {
namespace {

double field(const GstStructure* structure, const char* name) {
  guint64 wide = 0;
  if (gst_structure_get_uint64(structure, name, &wide)) return static_cast<double>(wide);
  guint narrow = 0;
  return gst_structure_get_uint(structure, name, &narrow) ? narrow : 0;
}

}  // namespace

Napi::Value transport_stats(const Napi::CallbackInfo& info) {
  const ObjectRef<GstElement> held = find_element(info[0]);
  GstElement* element = held.get();
  if (!element) return info.Env().Null();
  if (!g_object_class_find_property(G_OBJECT_GET_CLASS(element), "stats")) return info.Env().Null();
  GstStructure* raw = nullptr;
  g_object_get(element, "stats", &raw, nullptr);
  if (!raw) return info.Env().Null();
  StructurePtr stats(raw);
  auto result = Napi::Object::New(info.Env());
  result["inBytes"] = field(raw, "in-bytes-total");
  result["outBytes"] = field(raw, "out-bytes-total");
  result["outBytesAcked"] = field(raw, "out-bytes-acked");
  result["recordsLeftOut"] = field(raw, "records-left-out");
  const char* const phase = gst_structure_get_string(raw, "phase");
  result["phase"] = phase && *phase ? Napi::Value(Napi::String::New(info.Env(), phase)) : info.Env().Null();
  auto tcp = tcp_bytes(element);
  // The addon's own elements say it themselves.
  if (gst_structure_has_field(raw, "tcp-received"))
    tcp = TcpBytes{static_cast<uint64_t>(field(raw, "tcp-acknowledged")),
                   static_cast<uint64_t>(field(raw, "tcp-received"))};
  const auto number = [&](uint64_t bytes) { return Napi::Number::New(info.Env(), static_cast<double>(bytes)); };
  result["acknowledged"] = tcp ? number(tcp->acknowledged) : info.Env().Null();
  result["received"] = tcp ? number(tcp->received) : info.Env().Null();
  return result;
}

/** acknowledgePromptly(rtmp2src): before it connects. */
Napi::Value acknowledge_promptly_of(const Napi::CallbackInfo& info) {
  acknowledge_promptly(element_argument(info[0]).get());
  return info.Env().Undefined();
}

}  // namespace rxgst
