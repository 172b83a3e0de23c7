#include "sockets.h"

#include <gio/gio.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "flood_guard.h"
#include "refs.h"

namespace rxgst {
namespace {

/**
 * Bytes that wait in the system to be sent, as far as the peer's window does not take them. Without a limit it takes
 * 6 MB on loopback: 20 s of a stream of 2.5 Mbit/s, in which nobody sees that a server has stopped reading.
 */
constexpr int most_unsent = 16384;
/** A thread is there in a millisecond. */
constexpr auto longest_start = std::chrono::milliseconds(500);
/** Turns of a main context that has something to do at its end; measured: 3. */
constexpr int most_turns = 100;

using Place = std::pair<std::string, int>;

struct ContextUnref {
  void operator()(GMainContext* context) const { g_main_context_unref(context); }
};

/** A connection; of the element's thread, which owns its main context as long as it runs. */
struct Open {
  GstElement* element;  // for comparing only
  std::unique_ptr<GMainContext, ContextUnref> context;
  ObjectRef<GSocket> socket;
};

struct Owner {
  GstElement* element;  // for comparing only; null: cannot be told
  /** It, or all that it may be. */
  std::vector<std::shared_ptr<RtmpElement>> candidates;
};

/** Where it would go, as far as was known when it was made: while it connects it cannot be asked. */
struct Late {
  std::weak_ptr<RtmpElement> element;
  GstElement* address;  // for comparing only
  Place place;
};

// Never destroyed: while the process exits, workers may still be stopping pipelines.
std::mutex& mutex = *new std::mutex();
std::condition_variable& changed = *new std::condition_variable();
// Guarded by mutex.
auto& starting = *new std::vector<std::pair<GstElement*, Place>>();  // not yet seen to connect
auto& late = *new std::vector<Late>();                               // may connect whenever they like
auto& owners = *new std::map<GMainContext*, Owner>();                // whose thread it is
auto& open_sockets = *new std::vector<Open>();

/** Its rtmp2 elements. */
std::vector<GstElement*> rtmp2_elements(GstElement* pipeline) {
  std::vector<GstElement*> found;
  if (!GST_IS_BIN(pipeline)) return found;
  std::unique_ptr<GstIterator, decltype(&gst_iterator_free)> all(gst_bin_iterate_recurse(GST_BIN(pipeline)),
                                                                 gst_iterator_free);
  gst_iterator_foreach(
      all.get(),
      [](const GValue* item, gpointer data) {
        auto* element = GST_ELEMENT(g_value_get_object(item));
        GstElementFactory* factory = gst_element_get_factory(element);
        const gchar* name = factory ? GST_OBJECT_NAME(factory) : "";
        if (!g_str_equal(name, "rtmp2sink") && !g_str_equal(name, "rtmp2src")) return;
        static_cast<std::vector<GstElement*>*>(data)->push_back(element);
      },
      &found);
  return found;
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

/** A source of a main context that has nothing to dispatch: it is asked before each wait, when all that came is read. */
struct PromptSource {
  GSource source;
  GSocket* socket;
};

/**
 * Acknowledges at once what has been read. A server that sends with Nagle's algorithm (nginx does) keeps the end of a
 * picture back until what went before it is acknowledged, which Linux otherwise does 40 ms later. The kernel forgets the
 * wish whenever the connection is written to.
 */
gboolean acknowledge(GSource* source, gint* timeout) {
  GSocket* socket = reinterpret_cast<PromptSource*>(source)->socket;
  *timeout = -1;
  const int on = 1;
  if (!g_socket_is_closed(socket)) setsockopt(g_socket_get_fd(socket), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
  return FALSE;
}

GQuark wants_prompt() {
  static const GQuark quark = g_quark_from_static_string("rxgst-prompt");
  return quark;
}

void attach_prompt_source(GSocket* socket, GMainContext* context) {
  static GSourceFuncs functions = {acknowledge, nullptr, nullptr,
                                   [](GSource* source) { g_object_unref(reinterpret_cast<PromptSource*>(source)->socket); },
                                   nullptr, nullptr};
  GSource* source = g_source_new(&functions, sizeof(PromptSource));
  reinterpret_cast<PromptSource*>(source)->socket = G_SOCKET(g_object_ref(socket));
  g_source_attach(source, context);
  g_source_unref(source);
}

/** One of those that come later, or nobody of ours. Under the lock. */
void note_late(GMainContext* context, const Place& place) {
  Owner owner{nullptr, {}};
  std::erase_if(late, [&](const Late& it) {
    const auto element = it.element.lock();
    if (!element || element->connected) return true;
    if (it.place != place) return false;
    owner.candidates.push_back(element);
    owner.element = owner.candidates.size() == 1 ? it.address : nullptr;
    return false;
  });
  if (!owner.candidates.empty()) owners[context] = std::move(owner);
}

/** In the thread that connects, with its main context: a GSocketClient tells how far it is. */
gboolean on_event(GSignalInvocationHint*, guint count, const GValue* values, gpointer) {
  GMainContext* context = g_main_context_get_thread_default();
  if (count < 4 || !context) return TRUE;
  const gint event = g_value_get_enum(&values[1]);
  if (event == G_SOCKET_CLIENT_RESOLVING) {
    auto* address = G_OBJECT(g_value_get_object(&values[2]));
    if (!G_IS_NETWORK_ADDRESS(address)) return TRUE;
    const Place place{g_network_address_get_hostname(G_NETWORK_ADDRESS(address)),
                      g_network_address_get_port(G_NETWORK_ADDRESS(address))};
    std::lock_guard lock(mutex);
    const auto here = [&](const auto& item) { return item.second == place; };
    const auto found = std::find_if(starting.begin(), starting.end(), here);
    if (found == starting.end()) {
      note_late(context, place);
      return TRUE;
    }
    Owner owner{found->first, {}};
    for (const auto& item : starting) {
      if (here(item)) owner.candidates.push_back(rtmp_element(item.first));
    }
    if (owner.candidates.size() > 1) owner.element = nullptr;
    owners[context] = std::move(owner);
    starting.erase(found);
    changed.notify_all();
  } else if (event == G_SOCKET_CLIENT_CONNECTED) {
    auto* stream = G_OBJECT(g_value_get_object(&values[3]));
    if (!G_IS_SOCKET_CONNECTION(stream)) return TRUE;
    GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
    std::lock_guard lock(mutex);
    const auto owner = owners.find(context);
    if (owner == owners.end()) return TRUE;
    g_socket_set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, most_unsent, nullptr);
    auto& [element, candidates] = owner->second;
    if (element && g_object_get_qdata(G_OBJECT(element), wants_prompt())) attach_prompt_source(socket, context);
    guard_socket(socket, candidates);
    open_sockets.push_back({element, std::unique_ptr<GMainContext, ContextUnref>(g_main_context_ref(context)),
                            ObjectRef<GSocket>(G_SOCKET(g_object_ref(socket)))});
  }
  return TRUE;
}

void hook() {
  static std::once_flag hooked;
  std::call_once(hooked, [] {
    g_type_class_ref(G_TYPE_SOCKET_CLIENT);
    g_signal_add_emission_hook(g_signal_lookup("event", G_TYPE_SOCKET_CLIENT), 0, on_event, nullptr, nullptr);
  });
}

/** What waits for an answer hears of its end, lets go of the connection, and with it of the socket. */
void close_abandoned(const Open& open) {
  if (g_socket_is_closed(open.socket.get())) return;
  g_main_context_push_thread_default(open.context.get());
  g_socket_shutdown(open.socket.get(), TRUE, TRUE, nullptr);
  for (int i = 0; i < most_turns && g_main_context_iteration(open.context.get(), FALSE); ++i) {
  }
  g_main_context_pop_thread_default(open.context.get());
  g_socket_close(open.socket.get(), nullptr);
}

}  // namespace

void expect_connection(GstElement* element) {
  hook();
  const Late it{rtmp_element(element), element, place_of(element)};
  std::lock_guard lock(mutex);
  std::erase_if(late, [](const Late& old) {
    const auto still = old.element.lock();
    return !still || still->connected;
  });
  late.push_back(it);
}

SocketWatch::SocketWatch(GstElement* pipeline) : pipeline_(pipeline) {
  hook();
  for (GstElement* element : rtmp2_elements(pipeline)) {
    rtmp_element(element);
    if (!will_connect(element)) continue;
    const Place place = place_of(element);
    std::unique_lock lock(mutex);
    changed.wait_for(lock, longest_start, [&] {
      return std::none_of(starting.begin(), starting.end(), [&](const auto& item) { return item.second == place; });
    });
    starting.emplace_back(element, place);
  }
}

SocketWatch::~SocketWatch() {
  const auto elements = rtmp2_elements(pipeline_);
  const auto mine = [&](const auto& item) { return std::ranges::find(elements, item.first) != elements.end(); };
  std::unique_lock lock(mutex);
  changed.wait_for(lock, longest_start, [&] { return std::ranges::none_of(starting, mine); });
  if (std::erase_if(starting, mine) > 0) changed.notify_all();
}

void close_sockets(GstElement* pipeline) {
  const auto elements = rtmp2_elements(pipeline);
  std::vector<Open> over;
  {
    std::lock_guard lock(mutex);
    std::erase_if(owners, [&](const auto& item) { return std::ranges::find(elements, item.second.element) != elements.end(); });
    std::erase_if(open_sockets, [&](Open& open) {
      // Ours now: the thread that ran it has left.
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
  const auto elements = rtmp2_elements(pipeline);
  std::lock_guard lock(mutex);
  for (const Open& open : open_sockets) {
    // A sink's last words still leave.
    if (open.element && GST_OBJECT_FLAG_IS_SET(open.element, GST_ELEMENT_FLAG_SINK)) continue;
    if (std::ranges::find(elements, open.element) != elements.end()) cut_socket(open.socket.get());
  }
}

void cut_socket_of(GstElement* element) {
  std::lock_guard lock(mutex);
  for (const Open& open : open_sockets) {
    if (open.element == element) cut_socket(open.socket.get());
  }
}

void acknowledge_promptly(GstElement* element) {
  g_object_set_qdata(G_OBJECT(element), wants_prompt(), GINT_TO_POINTER(1));
}

std::optional<TcpBytes> tcp_bytes(GstElement* element) {
  std::lock_guard lock(mutex);
  const auto found = std::find_if(open_sockets.rbegin(), open_sockets.rend(),
                                  [&](const Open& open) { return open.element == element; });
  if (found == open_sockets.rend() || g_socket_is_closed(found->socket.get())) return std::nullopt;
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(g_socket_get_fd(found->socket.get()), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received)) return std::nullopt;
  return TcpBytes{info.tcpi_bytes_acked, info.tcpi_bytes_received};
}

}  // namespace rxgst
