// What rxrtmpsrc and rxrtmpsink share: the properties of an address, statistics, and how they tell what went wrong.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <optional>
#include <string>

#include "rtmp/io/live_stream.h"

namespace rxgst::rtmp {

enum SharedProperty : guint {
  prop_scheme = 1,
  prop_host,
  prop_port,
  prop_application,
  prop_stream,
  prop_tc_url,
  prop_username,
  prop_password,
  prop_location,
  prop_timeout,
  prop_stats,
  /** The first of an element's own. */
  prop_own,
};

/** Guarded by the element's object lock. */
struct ElementSettings {
  std::string scheme = "rtmp", host, app, stream, tc_url;
  guint port = 0;
  Credentials credentials;
  guint timeout_s = 5;
  std::shared_ptr<LiveStream> live;
};

void install_shared_properties(GObjectClass* type);
/** False: it is none of the shared ones. */
bool set_shared_property(GstElement* element, ElementSettings* settings, guint id, const GValue* value);
bool get_shared_property(GstElement* element, ElementSettings* settings, guint id, GValue* value);

/** Nothing: the address is not complete. */
std::optional<SessionOptions> session_options(GstElement* element, const ElementSettings& settings, Role role);

/** Posts the error of a connection, with the details `rxgst-rtmp`: code, phase, server-code, server-text,
 * silent, accepted-ms (how long the server had taken the stream; 0: never). */
void post_failure(GstElement* element, const Failure& failure);
/** Whether `post_told` has something to tell of it. */
bool is_news(const Event& event);
/** An element message `rxgst-rtmp` for what a server says besides. */
void post_told(GstElement* element, const LiveStream& stream, const Event& event);

}  // namespace rxgst::rtmp
