#include "pipeline/build.h"

#include <gst/app/gstappsink.h>

#include <string_view>
#include <vector>

#include "gst/caps.h"
#include "gst/registry.h"
#include "pipeline/links.h"
#include "pipeline/live_graph.h"
#include "pipeline/property.h"
#include "rtmp/flv_guard.h"
#include "rtmp/io/private_addresses.h"
#include "rtmp/sockets.h"
#include "tap/sink_feed.h"

namespace rxgst {
namespace {

std::string text(const Napi::Value& value) { return value.IsString() ? value.As<Napi::String>().Utf8Value() : ""; }

/** A property of a child that does not exist yet, such as a demuxer's pad: it is set when the child is added. */
struct ChildProperty {
  std::string property;
  Given given;
};

struct ChildProperties {
  std::string element_name;
  std::vector<ChildProperty> waiting;
};

/** Runs in the thread that adds the child. */
void child_added(GstChildProxy* proxy, GObject*, const gchar* child, gpointer data) {
  auto& properties = *static_cast<ChildProperties*>(data);
  for (const ChildProperty& each : properties.waiting) {
    if (each.property.rfind(std::string(child) + "::", 0) != 0) continue;
    Setting setting;
    const std::optional<BuildError> build_error =
        prepare_setting(GST_ELEMENT(proxy), properties.element_name, each.property, each.given, false, &setting);
    if (!build_error) {
      g_object_set_property(G_OBJECT(setting.object.get()), setting.name.c_str(), setting.value.get());
      continue;
    }
    GST_ELEMENT_WARNING(GST_ELEMENT(proxy), LIBRARY, SETTINGS,
                        ("%s: %s", each.property.c_str(), build_error->text.c_str()), (nullptr));
  }
}

/** GST_RTSP_LOWER_TRANS_UDP and GST_RTSP_LOWER_TRANS_UDP_MCAST. */
constexpr guint udp_protocols = 1 | 2;

/**
 * An rtspsrc takes the transport from the server's answer, whatever it has asked for: over UDP the server says where
 * our packets go to.
 */
void refuse_udp_of_rtsp(GstElement* element) {
  const ObjectRef<GstElement> parent(GST_ELEMENT(gst_object_get_parent(GST_OBJECT(element))));
  if (!parent || factory_name(parent.get()) != "rtspsrc" || rtmp::may_connect(nullptr, "", 0)) return;
  guint protocols = 0;
  g_object_get(parent.get(), "protocols", &protocols, nullptr);
  if (protocols & udp_protocols) return;
  if (factory_name(element) == "udpsink") g_signal_emit_by_name(element, "clear");
  GST_ELEMENT_ERROR(parent.get(), RESOURCE, OPEN_READ_WRITE, ("The server answers with UDP where TCP was asked for"),
                    (nullptr));
}

/** Also for elements that come later inside of bins, such as those that decodebin chooses. Any thread. */
void guard_element(GstElement* element) {
  const std::string_view name = factory_name(element);
  if (name == "flvdemux") guard_flvdemux(element);
  if (name == "udpsink" || name == "udpsrc") refuse_udp_of_rtsp(element);
  if (name == "rtmp2src" || name == "rtmp2sink") expect_connection(element);
}

void guard_elements(GstElement* pipeline) {
  g_signal_connect(pipeline, "deep-element-added",
                   G_CALLBACK(+[](GstBin*, GstBin*, GstElement* element, gpointer) { guard_element(element); }),
                   nullptr);
}

/** An element with the properties of its children, which are set after the links. */
struct Made {
  GstElement* element;
  std::string name;
  std::vector<ChildProperty> children;
};

std::optional<BuildError> make(const Napi::Object& part, GstElement* pipeline, Built* built, std::vector<Made>* all) {
  const std::string name = text(part.Get("name"));
  const std::string factory_name = text(part.Get("factory"));
  const auto factory = load_factory(factory_name);
  if (!factory) return BuildError{"ERR_UNKNOWN_ELEMENT", name, factory_name, factory_name, "", {}};
  const TypeClassRef type = class_of(factory.get());
  Made made{nullptr, name, {}};
  std::vector<std::string> names;
  // Not one vector of GValues: g_object_new allows to move a GValue by copying its bytes, and C++ does not promise
  // that.
  std::vector<Value> values;
  const auto refuse = [&](const std::string& property, std::string why, BuildErrorKind kind = BuildErrorKind::other) {
    return BuildError{"ERR_PROPERTY_VALUE", name, factory_name, property, std::move(why), {}, kind};
  };
  const auto take = [&](const std::string& property, const Given& given) -> std::optional<BuildError> {
    GParamSpec* spec = find_property(type.get(), property);
    if (!spec) return BuildError{"ERR_UNKNOWN_PROPERTY", name, factory_name, property, "", property_names(type.get())};
    if (!(spec->flags & G_PARAM_WRITABLE)) return refuse(property, "read-only");
    if (std::string_view(spec->name) == "name" || std::string_view(spec->name) == "parent")
      return refuse(property, "the graph's own");
    Value value;
    std::string expected;
    if (!convert(spec, given, nullptr, &value, &expected))
      return refuse(property, "expected " + expected, BuildErrorKind::expected);
    names.emplace_back(spec->name);
    values.push_back(std::move(value));
    return std::nullopt;
  };
  auto props = part.Get("props").As<Napi::Array>();
  for (uint32_t i = 0; i < props.Length(); ++i) {
    auto pair = props.Get(i).As<Napi::Array>();
    const std::string property = text(pair.Get(0u));
    Given given = given_of(pair.Get(1u));
    if (property.find("::") != std::string::npos) {
      made.children.push_back({property, std::move(given)});
    } else if (std::optional<BuildError> build_error = take(property, given)) {
      return build_error;
    }
  }
  names.insert(names.begin(), "name");
  Value name_value(G_TYPE_STRING);
  g_value_set_string(name_value.get(), name.c_str());
  values.insert(values.begin(), std::move(name_value));
  std::vector<const gchar*> raw_names;
  std::vector<GValue> raw_values;
  for (size_t i = 0; i < names.size(); ++i) {
    raw_names.push_back(names[i].c_str());
    raw_values.push_back(*values[i].get());
  }
  GstElement* element = gst_element_factory_create_with_properties(factory.get(), static_cast<guint>(raw_names.size()),
                                                                   raw_names.data(), raw_values.data());
  if (!element)
    return BuildError{"ERR_UNKNOWN_ELEMENT", name, factory_name, factory_name, "its plugin does not make one", {}};
  made.element = element;
  gst_bin_add(GST_BIN(pipeline), element);
  built->elements->emplace(name, ref_object(element));
  // The first reader takes its place; until then samples are dropped, and never pile up.
  if (GST_IS_APP_SINK(element)) SinkFeed::of(GST_APP_SINK(element));
  all->push_back(std::move(made));
  return std::nullopt;
}

std::shared_ptr<LiveChoice> live_choice(const Napi::Object& given) {
  auto choice = std::make_shared<LiveChoice>();
  const auto read = [&](const char* field, std::set<std::string>* into) {
    auto names = given.Get(field).As<Napi::Array>();
    for (uint32_t i = 0; i < names.Length(); ++i) into->insert(text(names.Get(i)));
  };
  read("async", &choice->async);
  read("limits", &choice->limits);
  return choice;
}

std::optional<BuildError> set_children(Made& made) {
  auto waiting = std::make_unique<ChildProperties>();
  waiting->element_name = made.name;
  for (ChildProperty& child : made.children) {
    Setting setting;
    std::optional<BuildError> build_error =
        prepare_setting(made.element, made.name, child.property, child.given, false, &setting);
    if (!build_error) {
      g_object_set_property(G_OBJECT(setting.object.get()), setting.name.c_str(), setting.value.get());
    } else if (build_error->kind == BuildErrorKind::no_child && GST_IS_CHILD_PROXY(made.element)) {
      waiting->waiting.push_back(std::move(child));
    } else {
      return build_error;
    }
  }
  if (!waiting->waiting.empty()) {
    g_signal_connect_data(made.element, "child-added", G_CALLBACK(child_added), waiting.release(),
                          delete_closure_data<ChildProperties>, static_cast<GConnectFlags>(0));
  }
  return std::nullopt;
}

}  // namespace

std::optional<BuildError> build(const Napi::Object& description, const Napi::Value& timeline, Built* built) {
  // A floating reference: sunk here, it is ours alone.
  GstElement* pipeline = gst_pipeline_new(text(description.Get("name")).c_str());
  built->pipeline.reset(GST_ELEMENT(gst_object_ref_sink(pipeline)));
  if (description.Get("live").IsObject()) make_live(pipeline, live_choice(description.Get("live").As<Napi::Object>()));
  guard_elements(built->pipeline.get());
  std::vector<Made> all;
  auto elements = description.Get("elements").As<Napi::Array>();
  for (uint32_t i = 0; i < elements.Length(); ++i) {
    if (std::optional<BuildError> build_error = make(elements.Get(i).As<Napi::Object>(), pipeline, built, &all))
      return build_error;
  }
  if (description.Get("counted").ToBoolean().Value()) {
    built->pads = std::make_shared<PadCounters>();
    for (const Made& made : all) built->pads->watch(made.element, made.name);
  }
  Linker linker;
  auto links = description.Get("links").As<Napi::Array>();
  for (uint32_t i = 0; i < links.Length(); ++i) {
    auto link = links.Get(i).As<Napi::Array>();
    LinkEnd ends[2];
    for (uint32_t side = 0; side < 2; ++side) {
      const std::string name = text(link.Get(side * 2));
      auto found = built->elements->find(name);
      if (found == built->elements->end())
        return BuildError{"ERR_GRAPH", name, "", name, "there is no element named " + name, {}};
      ends[side] = {found->second.get(), name, text(link.Get(side * 2 + 1))};
    }
    if (std::optional<BuildError> build_error = linker.link(ends[0], ends[1])) return build_error;
  }
  for (Made& made : all) {
    if (std::optional<BuildError> build_error = set_children(made)) return build_error;
  }
  linker.watch(timeline.IsObject() ? Timeline::Unwrap(timeline.As<Napi::Object>())->state() : nullptr);
  return std::nullopt;
}

}  // namespace rxgst
