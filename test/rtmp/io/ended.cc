// A session that has ended takes nothing more. Compiled and run by ended.test.ts.
#include <glib.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "rtmp/io/session.h"

using namespace rxgst::rtmp;

struct Ears : SessionListener {
  std::atomic<bool> over{false};
  bool on_media(MediaMessage) override { return true; }
  bool on_told(Event) override { return true; }
  void on_sent() override {}
  void on_over(std::optional<Failure>) override { over = true; }
};

int main() {
  SessionOptions options;
  options.role = Role::publish;
  // Nobody listens there.
  options.target.place = {"127.0.0.1", 1, false};
  options.target.app = options.target.stream = "none";
  const auto ears = std::make_shared<Ears>();
  const auto session = Session::create(options, ears);
  const uint8_t head[2] = {0x17, 1};
  const auto send = [&] { session->send(MediaKind::video, 0, Bytes(head, 2), Payload{}); };
  send();
  if (session->waiting_messages() != 1) return std::printf("what is sent before the connection waits for it\n"), 1;
  session->start();
  const int64_t until_us = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
  while (!ears->over && g_get_monotonic_time() < until_us) g_usleep(1000);
  if (!ears->over) return std::printf("it does not end\n"), 1;
  const size_t before = session->waiting_bytes();
  for (int i = 0; i < 10'000; ++i) send();
  if (session->waiting_bytes() != before) return std::printf("%zu bytes wait for ever\n", session->waiting_bytes()), 1;
  std::printf("ended: all well\n");
  return 0;
}
