#include "rtmp/elements/properties.h"

#include <algorithm>
#include <string_view>

#include "gst/refs.h"
#include "rtmp/io/location.h"

namespace rxgst::rtmp {

namespace {

constexpr guint most_timeout_s = 86'400;

constexpr auto readable = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
/** Whoever shows an element's properties shows no key. */
constexpr auto secret = static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);

std::string string_of(const GValue* value) {
  const gchar* text = g_value_get_string(value);
  return text ? text : "";
}

GstStructure* stats_of(const LiveStream* stream) {
  const SessionStats stats = stream ? stream->stats() : SessionStats{};
  GstStructure* out = gst_structure_new(
      "rxgst-rtmp-stats", "in-bytes-total", G_TYPE_UINT64, static_cast<guint64>(stats.in_bytes), "out-bytes-total",
      G_TYPE_UINT64, static_cast<guint64>(stats.started ? stats.out_bytes : 0), "out-bytes-acked", G_TYPE_UINT64,
      static_cast<guint64>(stats.out_acknowledged), "started", G_TYPE_BOOLEAN, stats.started, "pings", G_TYPE_UINT64,
      static_cast<guint64>(stats.pings), "phase", G_TYPE_STRING, stats.phase, "waiting-bytes", G_TYPE_UINT64,
      static_cast<guint64>(stream ? stream->waiting_bytes() : 0), nullptr);
  if (stats.tcp) {
    gst_structure_set(out, "tcp-acknowledged", G_TYPE_UINT64, static_cast<guint64>(stats.tcp->acknowledged),
                      "tcp-received", G_TYPE_UINT64, static_cast<guint64>(stats.tcp->received), nullptr);
  }
  return out;
}

void take_location(GstElement* element, ElementSettings* settings, const GValue* value) {
  const auto location = parse_location(string_of(value));
  if (!location) {
    // The address itself stays unsaid.
    GST_WARNING_OBJECT(element, "the location is no address of RTMP");
    return;
  }
  settings->scheme = location->target.place.tls ? "rtmps" : "rtmp";
  settings->host = location->target.place.host;
  settings->port = location->target.place.port;
  settings->app = location->target.app;
  settings->stream = location->target.stream;
  settings->credentials = location->credentials;
}

}  // namespace

void install_shared_properties(GObjectClass* type) {
  const auto text = [&](SharedProperty id, const char* name, const char* blurb, const char* fallback,
                        GParamFlags flags) {
    g_object_class_install_property(type, id, g_param_spec_string(name, name, blurb, fallback, flags));
  };
  text(prop_scheme, "scheme", "rtmp or rtmps", "rtmp", readable);
  text(prop_host, "host", "Name or address of the server", nullptr, readable);
  g_object_class_install_property(type, prop_port,
                                  g_param_spec_uint("port", "port", "0: the scheme's own", 0, 65'535, 0, readable));
  text(prop_application, "application", "The application, as the server calls it", nullptr, readable);
  text(prop_stream, "stream", "The stream's name or key, with its query", nullptr, secret);
  text(prop_tc_url, "tc-url", "The application's address that the server is told; default: made of the others", nullptr,
       secret);
  text(prop_username, "username", "For servers that want a login", nullptr, secret);
  text(prop_password, "password", "For servers that want a login", nullptr, secret);
  text(prop_location, "location", "All of the address in one: rtmp://host/application/stream", nullptr, secret);
  g_object_class_install_property(
      type, prop_timeout,
      g_param_spec_uint("timeout", "timeout", "Time for the server to accept the stream, s; 0: the default of 5", 0,
                        most_timeout_s, 5, readable));
  g_object_class_install_property(
      type, prop_stats,
      g_param_spec_boxed("stats", "stats", "Counters of the connection", GST_TYPE_STRUCTURE,
                         static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

bool set_shared_property(GstElement* element, ElementSettings* settings, guint id, const GValue* value) {
  GST_OBJECT_LOCK(element);
  bool known = true;
  switch (id) {
    case prop_scheme:
      settings->scheme = string_of(value);
      break;
    case prop_host:
      settings->host = string_of(value);
      break;
    case prop_port:
      settings->port = g_value_get_uint(value);
      break;
    case prop_application:
      settings->app = string_of(value);
      break;
    case prop_stream:
      settings->stream = string_of(value);
      break;
    case prop_tc_url:
      settings->tc_url = string_of(value);
      break;
    case prop_username:
      settings->credentials.user = string_of(value);
      break;
    case prop_password:
      settings->credentials.password = string_of(value);
      break;
    case prop_location:
      take_location(element, settings, value);
      break;
    case prop_timeout:
      settings->timeout_s = g_value_get_uint(value);
      break;
    default:
      known = false;
  }
  GST_OBJECT_UNLOCK(element);
  return known;
}

bool get_shared_property(GstElement* element, ElementSettings* settings, guint id, GValue* value) {
  GST_OBJECT_LOCK(element);
  bool known = true;
  std::shared_ptr<LiveStream> live;
  switch (id) {
    case prop_scheme:
      g_value_set_string(value, settings->scheme.c_str());
      break;
    case prop_host:
      g_value_set_string(value, settings->host.c_str());
      break;
    case prop_port:
      g_value_set_uint(value, settings->port);
      break;
    case prop_application:
      // Without its query, which may hold a key.
      g_value_set_string(value, settings->app.substr(0, settings->app.find('?')).c_str());
      break;
    case prop_timeout:
      g_value_set_uint(value, settings->timeout_s);
      break;
    case prop_stats:
      live = settings->live;
      break;
    default:
      known = false;
  }
  GST_OBJECT_UNLOCK(element);
  if (id == prop_stats) g_value_take_boxed(value, stats_of(live.get()));
  return known;
}

std::optional<SessionOptions> session_options(GstElement* element, const ElementSettings& settings, Role role) {
  SessionOptions it;
  GST_OBJECT_LOCK(element);
  it.role = role;
  const bool tls = settings.scheme == "rtmps";
  const auto port = static_cast<uint16_t>(settings.port != 0 ? settings.port : tls ? 443 : 1935);
  it.target = {{settings.host, port, tls}, settings.app, settings.stream, settings.tc_url};
  it.credentials = settings.credentials;
  it.timeout_us = (settings.timeout_s > 0 ? settings.timeout_s : 5) * int64_t{1'000'000};
  GST_OBJECT_UNLOCK(element);
  if (it.target.place.host.empty()) return {};
  return it;
}

void post_failure(GstElement* element, const Failure& failure) {
  GstStructure* details =
      gst_structure_new("rxgst-rtmp", "code", G_TYPE_STRING, failure.code.c_str(), "phase", G_TYPE_STRING,
                        failure.phase.c_str(), "silent", G_TYPE_BOOLEAN, failure.silent, "accepted-ms", G_TYPE_INT64,
                        static_cast<gint64>((failure.accepted_us + 999) / 1000), nullptr);
  std::string text = failure.text;
  if (!failure.server_code.empty()) {
    gst_structure_set(details, "server-code", G_TYPE_STRING, failure.server_code.c_str(), nullptr);
    text += ": " + failure.server_code;
  }
  if (!failure.server_text.empty()) {
    gst_structure_set(details, "server-text", G_TYPE_STRING, failure.server_text.c_str(), nullptr);
    text += (failure.server_code.empty() ? ": " : " ") + ("(" + failure.server_text + ")");
  }
  GError* error = g_error_new_literal(GST_RESOURCE_ERROR,
                                      failure.phase == "live" ? GST_RESOURCE_ERROR_READ : GST_RESOURCE_ERROR_OPEN_READ,
                                      text.c_str());
  GstMessage* message = gst_message_new_error_with_details(GST_OBJECT(element), error, failure.code.c_str(), details);
  g_error_free(error);
  gst_element_post_message(element, message);
}

bool is_news(const Event& event) {
  return std::holds_alternative<Started>(event) || std::holds_alternative<ReconnectRequested>(event) ||
         std::holds_alternative<PublisherGone>(event) || std::holds_alternative<PublisherBack>(event) ||
         std::holds_alternative<Ended>(event) || std::holds_alternative<Moved>(event);
}

void post_told(GstElement* element, const LiveStream& stream, const Event& event) {
  const auto post = [&](const char* what, const std::string& url, const std::string& text) {
    GstStructure* said = gst_structure_new("rxgst-rtmp", "event", G_TYPE_STRING, what, nullptr);
    if (!url.empty()) gst_structure_set(said, "url", G_TYPE_STRING, stream.masked(url).c_str(), nullptr);
    if (!text.empty()) gst_structure_set(said, "text", G_TYPE_STRING, stream.masked(text).c_str(), nullptr);
    gst_element_post_message(element, gst_message_new_element(GST_OBJECT(element), said));
  };
  if (std::holds_alternative<Started>(event)) return post("started", "", "");
  if (const auto* it = std::get_if<Connected>(&event)) return post("takes", "", taken_pictures(it->server));
  if (const auto* it = std::get_if<ReconnectRequested>(&event))
    // Behind it may be a token that nobody has seen before.
    return post("reconnect-requested", it->tc_url.substr(0, it->tc_url.find('?')), it->description);
  if (std::holds_alternative<Moved>(event)) return post("reconnected", "", "");
  if (const auto* it = std::get_if<PublisherGone>(&event)) {
    static constexpr const char* how[] = {"unpublished", "eof", "dry"};
    return post("publisher-gone", "", how[static_cast<size_t>(it->how)]);
  }
  if (std::holds_alternative<PublisherBack>(event)) return post("publisher-back", "", "");
  if (const auto* it = std::get_if<Ended>(&event)) return post("ended", "", it->words.code);
}

}  // namespace rxgst::rtmp
