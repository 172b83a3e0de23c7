#include "rtmp/io/goodbye.h"

#include <memory>
#include <utility>

#include "rtmp/io/connector.h"

namespace rxgst::rtmp {

namespace {

/** A peer that reads nothing has no room for a goodbye. */
constexpr guint longest_goodbye_ms = 1000;

struct Goodbye {
  ObjectRef<GIOStream> stream;
  ObjectRef<GSocket> socket;
  bool close = false;
  ObjectRef<GCancellable> given_up{g_cancellable_new()};
  GSource* deadline = nullptr;
};

void goodbye_said(GObject* output, GAsyncResult* result, gpointer data) {
  const std::unique_ptr<Goodbye> it(static_cast<Goodbye*>(data));
  g_output_stream_close_finish(G_OUTPUT_STREAM(output), result, nullptr);
  g_source_destroy(it->deadline);
  g_source_unref(it->deadline);
  if (it->close)
    g_socket_close(it->socket.get(), nullptr);
  else
    g_socket_shutdown(it->socket.get(), FALSE, TRUE, nullptr);
}

gboolean give_up(gpointer cancellable) {
  g_cancellable_cancel(static_cast<GCancellable*>(cancellable));
  return G_SOURCE_REMOVE;
}

}  // namespace

void say_goodbye(ObjectRef<GIOStream> stream, ObjectRef<GSocket> socket, bool close) {
  auto* const it = new Goodbye{std::move(stream), std::move(socket), close};
  post_to_connector([it] {
    // The wrapper's streams are those of TLS, but its end is that of the socket alone.
    GIOStream* tls = it->stream.get();
    if (G_IS_TCP_WRAPPER_CONNECTION(tls))
      tls = g_tcp_wrapper_connection_get_base_io_stream(G_TCP_WRAPPER_CONNECTION(tls));
    it->deadline = g_timeout_source_new(longest_goodbye_ms);
    g_source_set_callback(it->deadline, give_up, g_object_ref(it->given_up.get()), g_object_unref);
    g_source_attach(it->deadline, g_main_context_get_thread_default());
    g_output_stream_close_async(g_io_stream_get_output_stream(tls), G_PRIORITY_DEFAULT, it->given_up.get(),
                                goodbye_said, it);
  });
}

}  // namespace rxgst::rtmp
