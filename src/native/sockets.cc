#include "sockets.h"

#include <gio/gio.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rxgst {
namespace {

// A connection that broke is done with in two or three turns of its context.
constexpr int most_turns = 50;

struct ContextUnref {
  void operator()(GMainContext* context) const { g_main_context_unref(context); }
};

/** A connection and the context in which its element's thread runs it; the weak reference ends with the connection. */
struct Watched {
  Watched(GObject* connection, GMainContext* context) : context(g_main_context_ref(context)) {
    g_weak_ref_init(&connection_, connection);
  }
  ~Watched() { g_weak_ref_clear(&connection_); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  /** A new reference, or none. */
  GObject* connection() { return static_cast<GObject*>(g_weak_ref_get(&connection_)); }
  const std::unique_ptr<GMainContext, ContextUnref> context;

 private:
  GWeakRef connection_;
};

struct Registry {
  std::mutex mutex;
  // Guarded by mutex.
  std::set<std::pair<std::string, guint16>> peers;
  std::vector<std::shared_ptr<Watched>> watched;
  std::atomic<unsigned> closed{0};
};

// Never destroyed: threads may connect while the process exits.
Registry& registry() {
  static Registry& instance = *new Registry();
  return instance;
}

/** The thread of whoever connects. Only what a peer of ours is connected to, in a context that is not the process's own. */
gboolean on_socket_event(GSignalInvocationHint*, guint count, const GValue* values, gpointer) {
  if (count < 4 || g_value_get_enum(values + 1) != G_SOCKET_CLIENT_CONNECTED) return TRUE;
  auto* address = static_cast<GObject*>(g_value_get_object(values + 2));
  auto* connection = static_cast<GObject*>(g_value_get_object(values + 3));
  GMainContext* context = g_main_context_get_thread_default();
  if (!context || !address || !G_IS_NETWORK_ADDRESS(address) || !connection || !G_IS_SOCKET_CONNECTION(connection)) return TRUE;
  const char* host = g_network_address_get_hostname(G_NETWORK_ADDRESS(address));
  auto& all = registry();
  std::lock_guard lock(all.mutex);
  if (all.peers.count({host ? host : "", g_network_address_get_port(G_NETWORK_ADDRESS(address))})) {
    all.watched.push_back(std::make_shared<Watched>(connection, context));
  }
  return TRUE;
}

/** With its context in our hands: its element hears of the end in its own callbacks, and lets go of everything. */
void hang_up(GMainContext* context, GSocket* socket) {
  g_main_context_push_thread_default(context);
  g_socket_shutdown(socket, TRUE, TRUE, nullptr);
  for (int turn = 0; turn < most_turns && g_main_context_iteration(context, FALSE); ++turn) {
  }
  g_main_context_pop_thread_default(context);
  // In any case: a descriptor less.
  g_socket_close(socket, nullptr);
}

}  // namespace

/** watchSockets(host, port) */
Napi::Value watch_sockets(const Napi::CallbackInfo& info) {
  auto& all = registry();
  const std::string host = info[0].As<Napi::String>();
  const auto port = static_cast<guint16>(info[1].ToNumber().Uint32Value());
  std::lock_guard lock(all.mutex);
  all.peers.insert({host, port});
  static gulong hook = [] {
    g_type_class_ref(G_TYPE_SOCKET_CLIENT);
    return g_signal_add_emission_hook(g_signal_lookup("event", G_TYPE_SOCKET_CLIENT), 0, on_socket_event, nullptr, nullptr);
  }();
  (void)hook;
  return info.Env().Undefined();
}

unsigned close_orphans() {
  auto& all = registry();
  std::vector<std::shared_ptr<Watched>> found;
  {
    std::lock_guard lock(all.mutex);
    found.swap(all.watched);
  }
  unsigned closed = 0;
  std::vector<std::shared_ptr<Watched>> rest;
  for (auto& one : found) {
    auto* connection = one->connection();
    if (!connection) continue;
    // An element that lives has a thread that runs its context, and owns it for as long.
    if (g_main_context_acquire(one->context.get())) {
      GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(connection));
      if (!g_socket_is_closed(socket)) {
        hang_up(one->context.get(), socket);
        ++closed;
      }
      g_main_context_release(one->context.get());
    } else {
      rest.push_back(one);
    }
    g_object_unref(connection);
  }
  std::lock_guard lock(all.mutex);
  all.watched.insert(all.watched.end(), rest.begin(), rest.end());
  all.closed += closed;
  return closed;
}

Napi::Value orphans(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), registry().closed); }

}  // namespace rxgst
