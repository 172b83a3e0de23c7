#include "rtmp/io/goodbye.h"

#include <utility>

#include "rtmp/io/connector.h"

namespace rxgst::rtmp {

namespace {

/** A peer that reads nothing has no room for a goodbye. */
constexpr guint longest_goodbye_ms = 1000;

}  // namespace

/** The connector's thread only, once it has begun. */
struct Goodbye {
  ObjectRef<GIOStream> stream;
  ObjectRef<GSocket> socket;
  bool said = false;
  /** Nobody reads any more. */
  bool close = false;
  ObjectRef<GCancellable> given_up{g_cancellable_new()};
  GSource* deadline = nullptr;
};

namespace {

using Shared = std::shared_ptr<Goodbye>;

void goodbye_said(GObject* output, GAsyncResult* result, gpointer data) {
  const std::unique_ptr<Shared> held(static_cast<Shared*>(data));
  Goodbye& it = **held;
  g_output_stream_close_finish(G_OUTPUT_STREAM(output), result, nullptr);
  g_source_destroy(it.deadline);
  g_source_unref(it.deadline);
  it.said = true;
  if (it.close)
    g_socket_close(it.socket.get(), nullptr);
  else
    g_socket_shutdown(it.socket.get(), FALSE, TRUE, nullptr);
}

gboolean give_up(gpointer cancellable) {
  g_cancellable_cancel(static_cast<GCancellable*>(cancellable));
  return G_SOURCE_REMOVE;
}

}  // namespace

Shared say_goodbye(ObjectRef<GIOStream> stream, ObjectRef<GSocket> socket) {
  auto it = std::make_shared<Goodbye>();
  it->stream = std::move(stream);
  it->socket = std::move(socket);
  post_to_connector([it] {
    // The wrapper's streams are those of TLS, but its end is that of the socket alone.
    GIOStream* tls = it->stream.get();
    if (G_IS_TCP_WRAPPER_CONNECTION(tls))
      tls = g_tcp_wrapper_connection_get_base_io_stream(G_TCP_WRAPPER_CONNECTION(tls));
    it->deadline = g_timeout_source_new(longest_goodbye_ms);
    g_source_set_callback(it->deadline, give_up, g_object_ref(it->given_up.get()), g_object_unref);
    g_source_attach(it->deadline, g_main_context_get_thread_default());
    g_output_stream_close_async(g_io_stream_get_output_stream(tls), G_PRIORITY_DEFAULT, it->given_up.get(),
                                goodbye_said, new Shared(it));
  });
  return it;
}

void close_after(Shared goodbye) {
  post_to_connector([it = std::move(goodbye)] {
    it->close = true;
    if (it->said) g_socket_close(it->socket.get(), nullptr);
  });
}

}  // namespace rxgst::rtmp
