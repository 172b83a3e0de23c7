// Makes connections without blocking anybody: names, TCP and TLS, in a thread of GIO's own loop.
#pragma once
#include <gio/gio.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "gst/refs.h"

namespace rxgst::rtmp {

struct Place {
  std::string host;
  uint16_t port = 0;
  bool tls = false;
  /** A server has named it, and not the program. */
  bool followed = false;
};

/** What became of an attempt: a stream, or why there is none. */
struct ConnectResult {
  ObjectRef<GIOStream> stream;
  /** That of the stream. */
  ObjectRef<GSocket> socket;
  /** A code of docs/errors.md; empty: it has connected. */
  std::string code;
  /** A sentence. */
  std::string text;
};

/** What an attempt waits for. */
enum class ConnectStep : uint8_t { resolve, tcp, tls };

/** Ends the attempt with its last reference: nobody is told any more. */
class ConnectAttempt {
 public:
  ConnectAttempt(GCancellable* cancellable, std::shared_ptr<std::atomic<ConnectStep>> step)
      : cancellable_(cancellable), step_(std::move(step)) {}
  ~ConnectAttempt() { g_cancellable_cancel(cancellable_.get()); }
  ConnectAttempt(const ConnectAttempt&) = delete;
  ConnectAttempt& operator=(const ConnectAttempt&) = delete;
  ConnectStep step() const { return *step_; }

 private:
  ObjectRef<GCancellable> cancellable_;
  std::shared_ptr<std::atomic<ConnectStep>> step_;
};

/** `done` is called in the connector's thread, unless the attempt was given up before. Any thread. */
std::unique_ptr<ConnectAttempt> connect_to(const Place& place, std::function<void(ConnectResult)> done);

/** Runs `work` in the connector's thread, whose main context is that of GIO's answers. */
void post_to_connector(std::function<void()> work);

/** Whether this is the connector's thread: who watches all connections of GIO leaves its own out. */
bool in_connector_thread();

}  // namespace rxgst::rtmp
