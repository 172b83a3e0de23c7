// Prints silence in AAC for a decoder's configuration: "rate samples block", or "none".
//
//   aac_silence 1190 1208 …
#include "rtmp/relay/aac_silence.cc"

#include <cstdio>
#include <cstdlib>
#include <string>

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string hex = arguments[i];
    std::vector<uint8_t> config;
    for (size_t at = 0; at + 1 < hex.size(); at += 2)
      config.push_back(static_cast<uint8_t>(std::strtol(hex.substr(at, 2).c_str(), nullptr, 16)));
    const auto silence = rxgst::rtmp::aac_silence(config);
    if (!silence) {
      std::printf("none\n");
      continue;
    }
    std::printf("%u %u ", silence->rate, silence->samples);
    for (const uint8_t byte : silence->block) std::printf("%02x", byte);
    std::printf("\n");
  }
}
