#include "rtmp/sockets.h"

#include <gio/gio.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gst/bin.h"
#include "gst/caps.h"
#include "gst/refs.h"
#include "rtmp/flood_guard.h"
#include "rtmp/io/connector.h"
#include "rtmp/io/private_addresses.h"

namespace rxgst {
namespace {

/**
 * Unsent bytes that the system keeps beyond the peer's window. Without this limit the system keeps 6 MB on loopback: 20
 * s of a stream of 2.5 Mbit/s, in which a server that has stopped reading stays unnoticed.
 */
constexpr int max_unsent_bytes = 16384;
/** A thread normally begins within a millisecond. */
constexpr auto max_start_wait = std::chrono::milliseconds(500);
/** Turns of a main context that has work at its end; 3 were measured. */
constexpr int max_turns = 100;

using Place = std::pair<std::string, int>;

struct ContextUnref {
  void operator()(GMainContext* context) const { g_main_context_unref(context); }
};

using ContextRef = std::unique_ptr<GMainContext, ContextUnref>;

/** Identifies an rtmp2 element: its address may later be another element's. */
using ElementKey = std::shared_ptr<RtmpElement>;

/** A connection. It belongs to the element's thread, which owns the main context while it runs. */
struct Open {
  std::vector<ElementKey> candidates;  // the elements that may own it; mostly one
  ContextRef context;
  ObjectRef<GSocket> socket;
};

/** The elements that a thread may belong to. Holding the context keeps its address unique. */
struct Owner {
  ContextRef context;
  Place place;
  std::vector<ElementKey> candidates;
};

/**
 * A connection that an element will make. If two elements connect to one place, the first connection may be of either,
 * and then so may the second.
 */
struct Expected {
  std::vector<std::weak_ptr<RtmpElement>> candidates;
  /** The place when this was made: an element cannot be asked for it while it connects. */
  Place place;
  /** The watch that waits for it; null: it may come at any time. */
  const SocketWatch* watch;
};

// Never destroyed: while the process exits, workers may still be stopping pipelines.
std::mutex& mutex = *new std::mutex();
std::condition_variable& changed = *new std::condition_variable();
// Guarded by mutex.
auto& expected = *new std::vector<Expected>();
auto& owners = *new std::map<GMainContext*, Owner>();
auto& open_sockets = *new std::vector<Open>();

/** The rtmp2 elements of a pipeline. */
ElementRefs rtmp2_elements(GstElement* pipeline) {
  ElementRefs found = elements_in(pipeline);
  std::erase_if(found, [](const auto& element) {
    const std::string_view name = factory_name(element.get());
    return name != "rtmp2sink" && name != "rtmp2src";
  });
  return found;
}

std::vector<ElementKey> keys_of(GstElement* pipeline) {
  std::vector<ElementKey> found;
  for (const auto& element : rtmp2_elements(pipeline)) found.push_back(rtmp_element(element.get()));
  return found;
}

bool holds(const std::vector<ElementKey>& all, const ElementKey& one) {
  return std::ranges::find(all, one) != all.end();
}

Place place_of(GstElement* element) {
  gchar* host = nullptr;
  gint port = 0;
  g_object_get(element, "host", &host, "port", &port, nullptr);
  CharPtr owned(host);
  return {host ? host : "", port};
}

bool will_connect(GstElement* element) {
  gboolean at_start = FALSE;
  g_object_get(element, "async-connect", &at_start, nullptr);
  return at_start && GST_STATE(element) < GST_STATE_PAUSED;
}

/**
 * A source of a main context that never dispatches anything: GLib asks it before each wait, when all data has been
 * read.
 */
struct PromptSource {
  GSource source;
  GSocket* socket;
};

/**
 * Acknowledges at once all data that has been read. A server that sends with Nagle's algorithm (nginx does) holds the
 * end of a picture back until the data before it is acknowledged, which Linux otherwise does 40 ms later. The kernel
 * forgets this option at each write to the connection.
 */
gboolean acknowledge(GSource* source, gint* timeout) {
  GSocket* socket = reinterpret_cast<PromptSource*>(source)->socket;
  *timeout = -1;
  const int on = 1;
  if (!g_socket_is_closed(socket)) setsockopt(g_socket_get_fd(socket), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
  return FALSE;
}

void attach_prompt_source(GSocket* socket, GMainContext* context) {
  static GSourceFuncs functions = {
      acknowledge, nullptr,
      nullptr,     [](GSource* source) { g_object_unref(reinterpret_cast<PromptSource*>(source)->socket); },
      nullptr,     nullptr};
  GSource* source = g_source_new(&functions, sizeof(PromptSource));
  reinterpret_cast<PromptSource*>(source)->socket = G_SOCKET(g_object_ref(socket));
  g_source_attach(source, context);
  g_source_unref(source);
}

/** Expects no connection of this element any more. Under the lock. */
void forget(const ElementKey& key) {
  std::erase_if(expected, [&](Expected& it) {
    std::erase_if(it.candidates, [&](const auto& each) {
      const ElementKey one = each.lock();
      return !one || one == key;
    });
    return it.candidates.empty();
  });
}

/**
 * Whether the element runs or is about to; any other element connects to nothing. Reads the state without the element's
 * lock, which the element holds while it connects.
 */
bool is_up(GstElement* element) {
  return GST_STATE(element) >= GST_STATE_READY || GST_STATE_NEXT(element) >= GST_STATE_READY;
}

/**
 * A connection to this place has come: the elements that may own it. Empty: it is none of ours. Under the lock.
 * @param held keeps references on the elements until the lock is released
 */
std::vector<ElementKey> take_expected(const Place& place, std::vector<ObjectRef<GstElement>>* held) {
  const auto up = [&](const std::weak_ptr<RtmpElement>& it) {
    const ElementKey one = it.lock();
    if (!one) return false;
    ObjectRef<GstElement> element(static_cast<GstElement*>(g_weak_ref_get(&one->element)));
    if (!element) return false;
    held->push_back(std::move(element));
    return is_up(held->back().get());
  };
  const auto here = [&](const Expected& it) { return it.place == place && std::ranges::any_of(it.candidates, up); };
  std::vector<ElementKey> all;
  for (const Expected& it : expected) {
    if (!here(it)) continue;
    for (const auto& each : it.candidates) {
      const ElementKey one = each.lock();
      if (one && !holds(all, one) && up(each)) all.push_back(one);
    }
  }
  const auto first = std::ranges::find_if(expected, here);
  if (first != expected.end()) expected.erase(first);
  for (Expected& it : expected) {
    if (here(it)) it.candidates.assign(all.begin(), all.end());
  }
  return all;
}

void on_resolving(GMainContext* context, const Place& place) {
  // Freed after the lock is released: sources in an old context may call any code.
  std::map<GMainContext*, Owner>::node_type old;
  std::vector<ObjectRef<GstElement>> held;
  std::lock_guard lock(mutex);
  if (const auto known = owners.find(context); known != owners.end()) {
    // A client connects again if its server asks for a login.
    if (known->second.place == place) return;
    old = owners.extract(known);
  }
  auto candidates = take_expected(place, &held);
  changed.notify_all();
  if (candidates.empty()) return;
  owners.emplace(context, Owner{ContextRef(g_main_context_ref(context)), place, std::move(candidates)});
}

void on_connected(GMainContext* context, GSocket* socket) {
  std::lock_guard lock(mutex);
  const auto owner = owners.find(context);
  if (owner == owners.end()) return;
  g_socket_set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, max_unsent_bytes, nullptr);
  const auto& candidates = owner->second.candidates;
  if (std::ranges::any_of(candidates, [](const ElementKey& it) { return it->prompt.load(); })) {
    attach_prompt_source(socket, context);
  }
  guard_socket(socket, candidates);
  open_sockets.push_back(
      {candidates, ContextRef(g_main_context_ref(context)), ObjectRef<GSocket>(G_SOCKET(g_object_ref(socket)))});
}

/** Runs in the thread that connects, with its main context: a GSocketClient reports its progress. */
gboolean on_event(GSignalInvocationHint*, guint count, const GValue* values, gpointer) {
  GMainContext* context = g_main_context_get_thread_default();
  if (count < 4 || rtmp::in_connector_thread()) return TRUE;
  const gint event = g_value_get_enum(&values[1]);
  auto* address = G_OBJECT(g_value_get_object(&values[2]));
  // Whatever element connects, such as an rtspsrc that was sent elsewhere.
  if (event == G_SOCKET_CLIENT_CONNECTING)
    rtmp::refuse_connection_of_element(G_IO_STREAM(g_value_get_object(&values[3])), address);
  if (!context) return TRUE;
  if (event == G_SOCKET_CLIENT_RESOLVING) {
    if (!G_IS_NETWORK_ADDRESS(address)) return TRUE;
    on_resolving(context, {g_network_address_get_hostname(G_NETWORK_ADDRESS(address)),
                           g_network_address_get_port(G_NETWORK_ADDRESS(address))});
  } else if (event == G_SOCKET_CLIENT_CONNECTED) {
    auto* stream = G_OBJECT(g_value_get_object(&values[3]));
    if (!G_IS_SOCKET_CONNECTION(stream)) return TRUE;
    on_connected(context, g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream)));
  }
  return TRUE;
}

/** The task that waits for an answer gets its end, releases the connection, and with it the socket. */
void close_abandoned(const Open& open) {
  if (g_socket_is_closed(open.socket.get())) return;
  g_main_context_push_thread_default(open.context.get());
  g_socket_shutdown(open.socket.get(), TRUE, TRUE, nullptr);
  for (int i = 0; i < max_turns && g_main_context_iteration(open.context.get(), FALSE); ++i) {
  }
  g_main_context_pop_thread_default(open.context.get());
  g_socket_close(open.socket.get(), nullptr);
}

std::optional<TcpBytes> bytes_of(GSocket* socket) {
  if (g_socket_is_closed(socket)) return std::nullopt;
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(g_socket_get_fd(socket), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received)) return std::nullopt;
  return TcpBytes{info.tcpi_bytes_acked, info.tcpi_bytes_received};
}

/** Whether the socket is a source's. If it may also be a sink's, it is a source if it receives more than it sends. */
bool is_source(const Open& open) {
  const auto plays = [](const ElementKey& it) { return it->plays; };
  if (std::ranges::all_of(open.candidates, plays)) return true;
  if (std::ranges::none_of(open.candidates, plays)) return false;
  const auto bytes = bytes_of(open.socket.get());
  return bytes && bytes->received > bytes->acknowledged;
}

/** Cuts those of these connections that belong to one pipeline. */
void cut_all(const std::function<bool(const Open&)>& which) {
  std::vector<std::pair<std::vector<ElementKey>, ObjectRef<GSocket>>> found;
  {
    std::lock_guard lock(mutex);
    for (const Open& open : open_sockets) {
      if (which(open)) found.emplace_back(open.candidates, G_SOCKET(g_object_ref(open.socket.get())));
    }
  }
  // After the lock is released: an element that connects holds its own lock, and waits for this one.
  for (const auto& [candidates, socket] : found) {
    if (candidates.size() == 1 || of_one_pipeline(candidates)) cut_socket(socket.get());
  }
}

}  // namespace

void watch_clients() {
  static std::once_flag hooked;
  std::call_once(hooked, [] {
    g_type_class_ref(G_TYPE_SOCKET_CLIENT);
    g_signal_add_emission_hook(g_signal_lookup("event", G_TYPE_SOCKET_CLIENT), 0, on_event, nullptr, nullptr);
  });
}

void expect_connection(GstElement* element) {
  watch_clients();
  const ElementKey key = rtmp_element(element);
  Expected it{{key}, place_of(element), nullptr};
  std::lock_guard lock(mutex);
  forget(key);
  expected.push_back(std::move(it));
}

SocketWatch::SocketWatch(GstElement* pipeline) : pipeline_(pipeline) {
  watch_clients();
  for (const auto& element : rtmp2_elements(pipeline)) {
    const ElementKey key = rtmp_element(element.get());
    if (!will_connect(element.get())) {
      // The element connects later, for example with its first picture.
      if (GST_STATE(element.get()) < GST_STATE_PAUSED) expect_connection(element.get());
      continue;
    }
    const Place place = place_of(element.get());
    std::unique_lock lock(mutex);
    changed.wait_for(lock, max_start_wait, [&] {
      return std::ranges::none_of(
          expected, [&](const Expected& it) { return it.watch && it.watch != this && it.place == place; });
    });
    forget(key);
    expected.push_back({{key}, place, this});
  }
}

SocketWatch::~SocketWatch() {
  const auto mine = [&](const Expected& it) { return it.watch == this; };
  std::unique_lock lock(mutex);
  changed.wait_for(lock, max_start_wait, [&] { return std::ranges::none_of(expected, mine); });
  // They may still come later.
  for (Expected& it : expected) {
    if (mine(it)) it.watch = nullptr;
  }
  changed.notify_all();
}

void close_sockets(GstElement* pipeline) {
  const auto mine = keys_of(pipeline);
  std::vector<Open> over;
  // Freed after the lock is released: sources in a context may call any code.
  std::vector<Owner> left;
  {
    std::lock_guard lock(mutex);
    // A start expects them anew.
    for (const ElementKey& key : mine) forget(key);
    for (auto it = owners.begin(); it != owners.end();) {
      const auto owner = it++;
      // The thread that ran this context has ended.
      if (!g_main_context_acquire(owner->first)) continue;
      g_main_context_release(owner->first);
      left.push_back(std::move(owner->second));
      owners.erase(owner);
    }
    std::erase_if(open_sockets, [&](Open& open) {
      if (!g_main_context_acquire(open.context.get())) return false;
      over.push_back(std::move(open));
      return true;
    });
  }
  for (const Open& open : over) {
    close_abandoned(open);
    g_main_context_release(open.context.get());
  }
}

void cut_sources(GstElement* pipeline) {
  const auto mine = keys_of(pipeline);
  // The last messages of a sink still leave.
  const auto plays_here = [&](const ElementKey& it) { return it->plays && holds(mine, it); };
  cut_all([&](const Open& open) { return std::ranges::any_of(open.candidates, plays_here) && is_source(open); });
}

void cut_socket_of(GstElement* element) {
  const ElementKey key = rtmp_element(element);
  cut_all([&](const Open& open) { return holds(open.candidates, key) && is_source(open); });
}

void acknowledge_promptly(GstElement* element) { rtmp_element(element)->prompt = true; }

std::optional<TcpBytes> tcp_bytes(GstElement* element) {
  const ElementKey key = rtmp_element(element);
  std::lock_guard lock(mutex);
  const auto found = std::find_if(open_sockets.rbegin(), open_sockets.rend(), [&](const Open& open) {
    return open.candidates.size() == 1 && open.candidates.front() == key;
  });
  return found == open_sockets.rend() ? std::nullopt : bytes_of(found->socket.get());
}

}  // namespace rxgst
