#include "capture/codec_switch.h"

#include <atomic>
#include <utility>

#include "gst/bin.h"
#include "gst/element.h"
#include "js/js.h"

namespace rxgst {
namespace {

ObjectRef<GstPad> pad_of(GstElement* element, const char* name) {
  return ObjectRef<GstPad>(gst_element_get_static_pad(element, name));
}

void unlink(GstPad* from) {
  ObjectRef<GstPad> peer(gst_pad_get_peer(from));
  if (peer) gst_pad_unlink(from, peer.get());
}

/** Lets a branch give out what it keeps, such as pictures to be reordered. The end stays within it. */
void drain(GstPad* first, GstPad* last) {
  const gulong id = gst_pad_add_probe(
      last, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      +[](GstPad*, GstPadProbeInfo* info, gpointer) {
        const bool end = GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS;
        return end ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
      },
      nullptr, nullptr);
  gst_pad_send_event(first, gst_event_new_eos());
  gst_pad_remove_probe(last, id);
}

/** Makes a branch without neighbours as new: it would go on with its old pictures, and takes nothing after an end. */
void flush(GstPad* first) {
  gst_pad_send_event(first, gst_event_new_flush_start());
  gst_pad_send_event(first, gst_event_new_flush_stop(FALSE));
}

}  // namespace

CodecSwitchState::CodecSwitchState(GstElement* from, GstElement* to) : to_(pad_of(to, "sink")) {
  first_.reset(gst_pad_get_peer(pad_of(from, "src").get()));
  last_.reset(gst_pad_get_peer(to_.get()));
}

void CodecSwitchState::clear(GstBin* bin, GstPad* out) {
  ObjectRef<GstPad> first(gst_pad_get_peer(out)), last(gst_pad_get_peer(to_.get()));
  // An element that has seen nothing takes an end for an error.
  const bool fed = std::exchange(fed_, false) && reorders;
  if (fed && first && last) drain(first.get(), last.get());
  unlink(out);
  if (last) gst_pad_unlink(last.get(), to_.get());
  if (fed && first == first_) flush(first.get());
  for (auto& element : made_) {
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_bin_remove(bin, element.get());
  }
  made_.clear();
}

/** False: an element does not exist, or cannot be linked. */
bool CodecSwitchState::put(GstElement* from, const SwitchedCodec& codec) {
  ObjectRef<GstObject> parent(gst_object_get_parent(GST_OBJECT(from)));
  if (!parent || !GST_IS_BIN(parent.get())) return false;
  GstBin* bin = GST_BIN(parent.get());
  ObjectRef<GstPad> out = pad_of(from, "src");
  clear(bin, out.get());
  if (codec.own) {
    return gst_pad_link(out.get(), first_.get()) == GST_PAD_LINK_OK &&
           gst_pad_link(last_.get(), to_.get()) == GST_PAD_LINK_OK;
  }
  for (const SwitchedElement& one : codec.elements) {
    // A name of GStreamer's own making, such as capsfilter0, may be that of an element of the graph.
    static std::atomic<uint32_t> serial{0};
    const std::string name = one.name.empty() ? "switched-" + std::to_string(++serial) : one.name;
    GstElement* element = gst_element_factory_make(one.factory.c_str(), name.c_str());
    if (!element) return false;
    for (const auto& [property, value] : one.properties)
      gst_util_set_object_arg(G_OBJECT(element), property.c_str(), value.c_str());
    gst_bin_add(bin, element);
    made_.push_back(ref_object(element));
    if (gst_pad_link(out.get(), pad_of(element, "sink").get()) != GST_PAD_LINK_OK) return false;
    out = pad_of(element, "src");
  }
  if (gst_pad_link(out.get(), to_.get()) != GST_PAD_LINK_OK) return false;
  for (auto at = made_.rbegin(); at != made_.rend(); ++at) gst_element_sync_state_with_parent(at->get());
  if (is_stopping(bin)) {
    for (auto& element : made_) gst_element_set_state(element.get(), GST_STATE_NULL);
  }
  return true;
}

const SwitchedCodec* CodecSwitchState::codec_of(GstCaps* caps) const {
  for (const SwitchedCodec& codec : codecs) {
    if (gst_caps_can_intersect(codec.caps.get(), caps)) return &codec;
  }
  return nullptr;
}

void CodecSwitchState::on_caps(GstPad* pad, GstCaps* caps) {
  const SwitchedCodec* found = codec_of(caps);
  if (!found) return;
  int channels = 1;
  gst_structure_get_int(gst_caps_get_structure(caps, 0), "channels", &channels);
  frame_ = static_cast<gsize>(found->unit) * static_cast<gsize>(channels);
  const bool there = current_ ? found == current_ : found->own;
  if (there) {
    current_ = found;
    return;
  }
  ObjectRef<GstElement> from(gst_pad_get_parent_element(pad));
  if (!from) return;
  current_ = found;
  if (!put(from.get(), *found)) {
    GST_ELEMENT_ERROR(from.get(), STREAM, DECODE, ("The decoder could not be put in its place"), (nullptr));
  }
}

GstBuffer* CodecSwitchState::whole_samples(GstBuffer* buffer) const {
  const gsize size = gst_buffer_get_size(buffer);
  if (frame_ <= 1 || size % frame_ == 0) return buffer;
  const gsize whole = size - size % frame_;
  if (whole == 0) return nullptr;
  buffer = gst_buffer_make_writable(buffer);
  gst_buffer_resize(buffer, 0, static_cast<gssize>(whole));
  return buffer;
}

namespace {

/** Answers for all codecs of the table, since the present elements know only their own codec. */
GstPadProbeReturn answer(const CodecSwitchState& state, GstQuery* query) {
  if (GST_QUERY_TYPE(query) == GST_QUERY_ACCEPT_CAPS) {
    GstCaps* caps = nullptr;
    gst_query_parse_accept_caps(query, &caps);
    gst_query_set_accept_caps_result(query, state.codec_of(caps) != nullptr);
    return GST_PAD_PROBE_HANDLED;
  }
  if (GST_QUERY_TYPE(query) != GST_QUERY_CAPS) return GST_PAD_PROBE_OK;
  CapsRef all(gst_caps_new_empty());
  for (const SwitchedCodec& codec : state.codecs) gst_caps_append(all.get(), gst_caps_copy(codec.caps.get()));
  GstCaps* filter = nullptr;
  gst_query_parse_caps(query, &filter);
  if (filter) all.reset(gst_caps_intersect_full(filter, all.get(), GST_CAPS_INTERSECT_FIRST));
  gst_query_set_caps_result(query, all.get());
  return GST_PAD_PROBE_HANDLED;
}

GstPadProbeReturn on_packet(CodecSwitchState& state, GstPad* pad, GstPadProbeInfo* info) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM) {
    return answer(state, GST_PAD_PROBE_INFO_QUERY(info));
  }
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
    GstBuffer* whole = state.whole_samples(GST_PAD_PROBE_INFO_BUFFER(info));
    if (!whole) return GST_PAD_PROBE_DROP;
    state.on_buffer();
    GST_PAD_PROBE_INFO_DATA(info) = whole;
    return GST_PAD_PROBE_OK;
  }
  if (GstCaps* caps = caps_of_event(info)) state.on_caps(pad, caps);
  return GST_PAD_PROBE_OK;
}

}  // namespace

namespace {

SwitchedElement element_of(Napi::Object given) {
  SwitchedElement element{given.Get("factory").ToString(), given.Get("name").ToString(), {}};
  auto properties = given.Get("properties").As<Napi::Array>();
  for (uint32_t i = 0; i < properties.Length(); ++i) {
    auto pair = properties.Get(i).As<Napi::Array>();
    element.properties.emplace_back(pair.Get(0u).ToString(), pair.Get(1u).ToString());
  }
  return element;
}

}  // namespace

Napi::Function CodecSwitch::define(Napi::Env env) {
  return DefineClass(env, "CodecSwitch", {InstanceMethod("close", &CodecSwitch::close)});
}

/**
 * new CodecSwitch(from, to, [{ caps, elements: { factory, name, properties: [name, value][] }[] | null, unit }],
 * reorders): before data flows.
 */
CodecSwitch::CodecSwitch(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CodecSwitch>(info) {
  const ObjectRef<GstElement> from = element_argument(info[0]);
  const ObjectRef<GstElement> to = element_argument(info[1]);
  auto state = std::make_shared<CodecSwitchState>(from.get(), to.get());
  state->reorders = info[3].ToBoolean();
  auto codecs = info[2].As<Napi::Array>();
  for (uint32_t i = 0; i < codecs.Length(); ++i) {
    auto entry = codecs.Get(i).As<Napi::Object>();
    const std::string caps = entry.Get("caps").ToString();
    const Napi::Value elements = entry.Get("elements");
    const int unit = entry.Get("unit").ToNumber().Int32Value();
    SwitchedCodec codec{CapsRef(gst_caps_from_string(caps.c_str())), elements.IsNull(), {}, unit};
    if (!codec.own) {
      auto all = elements.As<Napi::Array>();
      for (uint32_t n = 0; n < all.Length(); ++n) codec.elements.push_back(element_of(all.Get(n).As<Napi::Object>()));
    }
    state->codecs.push_back(std::move(codec));
  }
  ObjectRef<GstPad> pad = pad_of(from.get(), "sink");
  constexpr int types =
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM;
  probe_ = PadProbe(std::move(pad), types,
                    [state](GstPad* at, GstPadProbeInfo* what) { return on_packet(*state, at, what); });
}

/** close(): the present elements stay. */
Napi::Value CodecSwitch::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  return info.Env().Undefined();
}

}  // namespace rxgst
