// Tests of the RTMP machine without I/O. Compiled and run by machine.test.ts, with sanitizers that see every byte read
// beside its place.
#include <chrono>

#include "check.h"

int main() {
  const auto section = [](const char* name, void (*run)()) {
    const auto from = std::chrono::steady_clock::now();
    const int before = test::checks, wrong = test::failures;
    run();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - from);
    std::fprintf(stderr, "%s: %d checks, %d ms\n", name, test::checks - before, static_cast<int>(ms.count()));
    if (test::failures > wrong) std::fprintf(stderr, "%s: %d not so\n", name, test::failures - wrong);
  };
  section("amf", test::amf_values);
  section("chunks", test::chunks);
  section("tags", test::tags);
  section("handshakes", test::handshakes);
  section("roles", test::both_roles);
  section("servers", test::odd_servers);
  section("bounds", test::bounds);
  section("memory", test::memory);
  section("words", test::server_words);
  std::printf("%s\n", test::failures == 0 ? "all well" : "not well");
  return test::failures == 0 ? 0 : 1;
}
