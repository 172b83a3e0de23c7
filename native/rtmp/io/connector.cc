#include "rtmp/io/connector.h"

#include <pthread.h>
#include <signal.h>

#include <mutex>
#include <thread>
#include <utility>

#include "rtmp/io/private_addresses.h"

namespace rxgst::rtmp {

namespace {

thread_local bool connector_thread = false;

/** Runs for the rest of the process once a connection was wanted. */
GMainContext* connector_context() {
  static GMainContext* const context = [] {
    GMainContext* const made = g_main_context_new();
    std::thread([made] {
      connector_thread = true;
      pthread_setname_np(pthread_self(), "rxgst-connect");
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, nullptr);
      g_main_context_push_thread_default(made);
      g_main_loop_run(g_main_loop_new(made, FALSE));
    }).detach();
    return made;
  }();
  return context;
}

struct Job {
  Place place;
  std::function<void(ConnectResult)> done;
  ObjectRef<GCancellable> cancellable;
  std::shared_ptr<std::atomic<ConnectStep>> step;
  ObjectRef<GSocketClient> client;
  /** What was wrong with the server's certificate. */
  GTlsCertificateFlags flaws = static_cast<GTlsCertificateFlags>(0);
  /** An address of the name was not tried. */
  bool refused = false;
};

std::string flaws_text(GTlsCertificateFlags flaws) {
  static constexpr struct {
    GTlsCertificateFlags flag;
    const char* text;
  } known[] = {
      {G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another host"},
      {G_TLS_CERTIFICATE_EXPIRED, "it has expired"},
      {G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet"},
      {G_TLS_CERTIFICATE_REVOKED, "it was revoked"},
      {G_TLS_CERTIFICATE_UNKNOWN_CA, "nobody whom this machine trusts has signed it"},
      {G_TLS_CERTIFICATE_INSECURE, "its algorithm is not secure"},
  };
  std::string text;
  for (const auto& it : known) {
    if (flaws & it.flag) text += (text.empty() ? "" : ", ") + std::string(it.text);
  }
  return text.empty() ? "it cannot be verified" : text;
}

void explain(const Job& job, const GError* error, ConnectResult* result) {
  const std::string said = error->message;
  const auto is = [&](GQuark domain, int code) { return g_error_matches(error, domain, code); };
  if (job.refused && is(G_IO_ERROR, G_IO_ERROR_CLOSED)) {
    result->code = "ERR_ADDRESS_REFUSED";
    result->text = private_address_text;
  } else if (job.flaws != 0) {
    result->code = "ERR_TLS";
    result->text = "The server's certificate is not accepted: " + flaws_text(job.flaws);
  } else if (error->domain == G_TLS_ERROR) {
    result->code = "ERR_TLS";
    result->text = is(G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE) ? "There is no TLS on this machine: " + said
                                                            : "The TLS handshake failed: " + said;
  } else if (error->domain == G_RESOLVER_ERROR) {
    result->code = "ERR_HOST_NOT_FOUND";
    result->text = "The host name does not resolve: " + said;
  } else if (is(G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    result->code = "ERR_CONNECT_TIMEOUT";
    result->text = "The server does not answer: " + said;
  } else if (job.place.tls && (is(G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) || is(G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) ||
                               is(G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))) {
    result->code = "ERR_TLS";
    result->text = "The server closed the connection in the TLS handshake: " + said;
  } else {
    result->code = "ERR_CONNECTION_REFUSED";
    result->text = "Nothing takes connections there: " + said;
  }
}

void on_event(GSocketClient*, GSocketClientEvent event, GSocketConnectable*, GIOStream* stream, gpointer data) {
  auto* job = static_cast<Job*>(data);
  if (event == G_SOCKET_CLIENT_CONNECTING) {
    *job->step = ConnectStep::tcp;
    // Where a server has sent us nothing is excepted.
    const std::string host = job->place.followed ? "" : job->place.host;
    if (refuse_connection(stream, host, job->place.port)) job->refused = true;
  }
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING) return;
  *job->step = ConnectStep::tls;
  const auto refuse = +[](GTlsConnection*, GTlsCertificate*, GTlsCertificateFlags flaws, gpointer job) -> gboolean {
    static_cast<Job*>(job)->flaws = flaws;
    return FALSE;
  };
  g_signal_connect(stream, "accept-certificate", G_CALLBACK(refuse), data);
}

void on_connected(GObject* client, GAsyncResult* raw, gpointer data) {
  const std::unique_ptr<Job> job(static_cast<Job*>(data));
  g_signal_handlers_disconnect_by_data(client, job.get());
  GError* error = nullptr;
  GSocketConnection* connection = g_socket_client_connect_finish(G_SOCKET_CLIENT(client), raw, &error);
  ConnectResult result;
  if (connection) {
    // With TLS it is a wrapper, whose own socket is the same.
    result.stream.reset(G_IO_STREAM(connection));
    if (G_IS_TCP_WRAPPER_CONNECTION(connection)) {
      GIOStream* base = g_tcp_wrapper_connection_get_base_io_stream(G_TCP_WRAPPER_CONNECTION(connection));
      g_signal_handlers_disconnect_by_data(base, job.get());
    }
    result.socket.reset(G_SOCKET(g_object_ref(g_socket_connection_get_socket(connection))));
  } else {
    const bool given_up = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    explain(*job, error, &result);
    g_error_free(error);
    if (given_up) return;
  }
  if (!g_cancellable_is_cancelled(job->cancellable.get())) job->done(std::move(result));
}

void begin(Job* job) {
  job->client.reset(g_socket_client_new());
  GSocketClient* client = job->client.get();
  g_socket_client_set_tls(client, job->place.tls);
  g_signal_connect(client, "event", G_CALLBACK(on_event), job);
  ObjectRef<GSocketConnectable> address(g_network_address_new(job->place.host.c_str(), job->place.port));
  g_socket_client_connect_async(client, address.get(), job->cancellable.get(), on_connected, job);
}

}  // namespace

std::unique_ptr<ConnectAttempt> connect_to(const Place& place, std::function<void(ConnectResult)> done) {
  GCancellable* const cancellable = g_cancellable_new();
  auto* job = new Job{place,
                      std::move(done),
                      ref_object(cancellable),
                      std::make_shared<std::atomic<ConnectStep>>(ConnectStep::resolve),
                      {}};
  auto attempt = std::make_unique<ConnectAttempt>(cancellable, job->step);
  post_to_connector([job] { begin(job); });
  return attempt;
}

void post_to_connector(std::function<void()> work) {
  using Work = std::function<void()>;
  const auto run = +[](gpointer data) -> gboolean {
    (*static_cast<Work*>(data))();
    return G_SOURCE_REMOVE;
  };
  const auto done = +[](gpointer data) { delete static_cast<Work*>(data); };
  // Not g_main_context_invoke(): whoever finds the context without its thread would run it here.
  GSource* const source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, run, new Work(std::move(work)), done);
  g_source_attach(source, connector_context());
  g_source_unref(source);
}

bool in_connector_thread() { return connector_thread; }

}  // namespace rxgst::rtmp
