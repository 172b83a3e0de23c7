// What the tests of the RTMP machine share: checks that are counted, bytes in any pieces, odd servers.
#pragma once
#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "rtmp/amf/reader.h"
#include "rtmp/amf/writer.h"
#include "rtmp/protocol/client.h"
#include "rtmp/protocol/server.h"

namespace test {

using namespace rxgst::rtmp;
namespace amf = rxgst::amf;
using Buffer = std::vector<uint8_t>;

inline int checks = 0, failures = 0;

inline bool check(bool holds, const std::string& what) {
  ++checks;
  if (!holds && ++failures <= 40) std::fprintf(stderr, "not so: %s\n", what.c_str());
  return holds;
}

template <class A, class B>
void same(const A& is, const B& wanted, const std::string& what) {
  const auto show = [](const auto& value) {
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>)
      return std::to_string(value);
    else
      return std::string(value);
  };
  check(is == wanted, what + " is " + show(is) + ", not " + show(wanted));
}

/** Fixed, so that a failure comes again. */
using Dice = std::mt19937;
inline size_t roll(Dice& dice, size_t most) { return std::uniform_int_distribution<size_t>(0, most)(dice); }

inline Buffer operator+(Buffer one, const Buffer& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}
inline Buffer text(std::string_view it) { return Buffer(it.begin(), it.end()); }
inline Buffer number(uint32_t value, int count) {
  Buffer out;
  append_number(&out, value, count);
  return out;
}
inline Buffer buffer_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

/** All that waits, taken in pieces of odd sizes. */
inline Buffer drain(Outbox& out) {
  Buffer all;
  Bytes spans[3];
  size_t limit = 1;
  while (!out.empty()) {
    const size_t count = out.gather(spans);
    size_t taken = 0;
    for (size_t i = 0; i < count; ++i) {
      const size_t step = std::min(spans[i].size(), limit - taken);
      all.insert(all.end(), spans[i].begin(), spans[i].begin() + static_cast<ptrdiff_t>(step));
      taken += step;
    }
    out.consume(taken);
    limit = limit * 3 % 1021 + 1;
  }
  return all;
}

/** Feeds bytes in pieces of this size and keeps the events. */
inline std::vector<Event> feed(Connection& to, Bytes bytes, size_t piece = SIZE_MAX, int64_t now_us = 0) {
  std::vector<Event> events;
  while (!bytes.empty()) {
    const size_t size = std::min(piece, bytes.size());
    Bytes part = bytes.first(size);
    bytes = bytes.subspan(size);
    while (auto event = to.take(part, now_us)) events.push_back(std::move(*event));
    check(part.empty(), "all bytes are used up");
  }
  return events;
}

template <class T>
const T* find(const std::vector<Event>& events) {
  for (const Event& event : events) {
    if (const T* found = std::get_if<T>(&event)) return found;
  }
  return nullptr;
}

template <class T>
size_t count(const std::vector<Event>& events) {
  size_t found = 0;
  for (const Event& event : events) found += std::holds_alternative<T>(event);
  return found;
}

inline std::string error_of(const std::vector<Event>& events) {
  const auto* error = find<ProtocolError>(events);
  return error ? error->text : "";
}

/** A server that a test makes: it keeps what it hears, and says what it is told to. */
class OddServer : public Connection {
 public:
  explicit OddServer(Bounds bounds = {}) : Connection(false, HandshakeStyle::digest, bounds, 7, 0) {}

  std::vector<std::string> heard;
  std::function<void(OddServer&, const std::string& name, double transaction, const std::vector<amf::Value>&)> says;

  void result(double transaction, amf::Value one, amf::Value two) {
    send_command(0, {"_result", transaction, std::move(one), std::move(two)});
  }
  void error(double transaction, amf::Value information) {
    send_command(0, {"_error", transaction, amf::Value::null(), std::move(information)});
  }
  static amf::Value information(const char* code, const char* level = "status", const char* description = "") {
    return amf::Value::object().add("level", level).add("code", code).add("description", description);
  }
  void status(uint32_t stream, const char* code, const char* level = "status", const char* description = "") {
    send_command(stream, {"onStatus", 0, amf::Value::null(), information(code, level, description)});
  }
  /** What every server does, as far as a test does not say otherwise. */
  void as_usual(const std::string& name, double transaction) {
    if (name == "connect") result(transaction, amf::Value::object(), information("NetConnection.Connect.Success"));
    if (name == "createStream") result(transaction, amf::Value::null(), 1);
    if (name == "publish") status(1, "NetStream.Publish.Start");
    if (name == "play") status(1, "NetStream.Play.Start");
  }

 private:
  void on_handshake() override {}
  void on_command(Command command) override {
    heard.push_back(command.name);
    if (says)
      says(*this, command.name, command.transaction, command.arguments);
    else
      as_usual(command.name, command.transaction);
  }
  void on_stream_event(UserControl, uint32_t) override {}
  void on_media(const MediaMessage&) override {}
};

/** Carries bytes both ways until nothing moves. */
inline void talk(Connection& one, Connection& other, std::vector<Event>* of_one, std::vector<Event>* of_other,
                 size_t piece = SIZE_MAX, int64_t now_us = 0) {
  const auto append = [](std::vector<Event>* to, std::vector<Event> events) {
    if (to) to->insert(to->end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
  };
  while (!one.out().empty() || !other.out().empty()) {
    append(of_other, feed(other, drain(one.out()), piece, now_us));
    append(of_one, feed(one, drain(other.out()), piece, now_us));
  }
}

inline ClientOptions options_for(Role role) {
  ClientOptions options;
  options.role = role;
  options.app = "live";
  options.stream = "cam";
  options.tc_url = "rtmp://127.0.0.1/live";
  options.seed = 3;
  return options;
}

void amf_values();
void chunks();
void tags();
void handshakes();
void both_roles();
void odd_servers();
void bounds();
void memory();
void server_words();

}  // namespace test
