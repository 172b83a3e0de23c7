#include "rtmp/protocol/refusal.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

namespace rxgst::rtmp {

namespace {

/** A description is longer than a text on the bus: that is cut where half a key at its end is left out. */
constexpr size_t most_code = 128, most_description = 9000;

using Words = std::initializer_list<std::string_view>;

bool has_any(std::string_view text, Words words) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(words.begin(), words.end(), [&](auto word) { return lowered.find(word) != std::string::npos; });
}

bool is_any(std::string_view text, Words words) { return std::find(words.begin(), words.end(), text) != words.end(); }

/** Codes about what a live stream does not need, also where their level is `error`: recordings, seeks, calls. */
bool says_nothing(std::string_view code) {
  static constexpr std::string_view harmless[] = {"NetStream.Record.", "NetStream.Seek.",     "NetStream.Pause.",
                                                  "NetStream.Step.",   "NetStream.Unpause.",  "NetStream.Buffer.",
                                                  "NetStream.Info.",   "NetConnection.Call.", "SharedObject."};
  return std::ranges::any_of(harmless, [&](std::string_view kind) { return code.starts_with(kind); });
}

std::string_view last_part(std::string_view code) { return code.substr(code.rfind('.') + 1); }

/** Codes that say no whatever the level beside them: some servers write `status` everywhere. */
bool says_no(std::string_view code) {
  return is_any(last_part(code),
                {"BadName", "Denied", "Rejected", "Unauthorized", "StreamNotFound", "Failed", "Closed", "InvalidApp",
                 "AppShutdown", "InvalidArg", "FileStructureInvalid", "NoSupportedTrackFound", "NoAccess"});
}

bool about_login(const ServerWords& words) {
  return has_any(words.description,
                 {"authmod", "authfailed", "needauth", "nosuchuser", "wrong user", "wrong password", "access manager",
                  "accessmanager", "authentication required", "authentication failed"});
}

RefusalKind rejected(Role role) {
  return role == Role::publish ? RefusalKind::publish_rejected : RefusalKind::play_rejected;
}

RefusalKind kind_of(const ServerWords& words, Phase phase, Role role) {
  const std::string_view code = words.code;
  const bool running = phase == Phase::live;
  if (last_part(code) == "BadName") {
    // Platforms say so of a key that they do not know.
    const bool about_key = has_any(words.description, {"invalid", "not found", "unknown", "denied", "expired", "wrong",
                                                       "unauthorized", "not authorized", "not allowed"});
    return about_key ? RefusalKind::publish_rejected : RefusalKind::name_in_use;
  }
  if (!running && about_login(words)) return RefusalKind::authentication;
  if (phase == Phase::connect) return RefusalKind::connect_rejected;
  if (code.starts_with("NetConnection.Connect"))
    return running ? RefusalKind::connection_lost : RefusalKind::connect_rejected;
  if (code.starts_with("NetStream.Play") || code.starts_with("NetStream.Publish")) return rejected(role);
  return running ? RefusalKind::connection_lost : rejected(role);
}

}  // namespace

const char* code_of(RefusalKind kind) {
  switch (kind) {
    case RefusalKind::handshake:
      return "ERR_HANDSHAKE";
    case RefusalKind::connect_rejected:
      return "ERR_CONNECT_REJECTED";
    case RefusalKind::authentication:
      return "ERR_AUTHENTICATION";
    case RefusalKind::publish_rejected:
      return "ERR_PUBLISH_REJECTED";
    case RefusalKind::play_rejected:
      return "ERR_PLAY_REJECTED";
    case RefusalKind::name_in_use:
      return "ERR_NAME_IN_USE";
    case RefusalKind::connection_lost:
      return "ERR_CONNECTION_LOST";
    case RefusalKind::connect_timeout:
      return "ERR_CONNECT_TIMEOUT";
  }
  return "";
}

std::string bounded_text(std::string_view text, size_t most) {
  // Three more: what the cut makes of a character lies behind `most`, and goes with the rest.
  std::string out(text.substr(0, most + 3));
  // GStreamer takes no string that is not UTF-8, and some servers write in the code page of their machine.
  const std::unique_ptr<char, decltype(&g_free)> valid(g_utf8_make_valid(out.data(), static_cast<gssize>(out.size())),
                                                       g_free);
  out = valid.get();
  if (out.size() <= most) return out;
  size_t end = most;
  while (end > 0 && (static_cast<uint8_t>(out[end]) & 0xc0) == 0x80) --end;
  out.resize(end);
  return out;
}

ServerWords words_of(const amf::Value& information) {
  if (information.is(amf::Value::Type::string)) return {{}, {}, bounded_text(information.text, most_description)};
  return {bounded_text(information.text_of("level"), most_code), bounded_text(information.text_of("code"), most_code),
          bounded_text(information.text_of("description"), most_description)};
}

StatusMeaning meaning_of(const ServerWords& words, Role role) {
  const std::string_view code = words.code;
  if (code == "NetConnection.Connect.ReconnectRequest") return StatusMeaning::reconnect;
  if (says_nothing(code)) return StatusMeaning::harmless;
  if (words.level == "error" || says_no(code)) return StatusMeaning::refused;
  if (role == Role::publish) {
    if (code == "NetStream.Publish.Start") return StatusMeaning::started;
    if (code == "NetStream.Unpublish.Success") return StatusMeaning::ended;
    return StatusMeaning::harmless;
  }
  if (code == "NetStream.Play.Start") return StatusMeaning::started;
  if (code == "NetStream.Play.UnpublishNotify") return StatusMeaning::publisher_gone;
  if (code == "NetStream.Play.PublishNotify") return StatusMeaning::publisher_back;
  if (code == "NetStream.Play.Stop" || code == "NetStream.Play.Complete") return StatusMeaning::ended;
  return StatusMeaning::harmless;
}

bool refuses_connection(const ServerWords& words) { return words.level == "error" || says_no(words.code); }

Refusal refusal_of(const ServerWords& words, Phase phase, Role role) {
  return {kind_of(words, phase, role), phase, words.code, words.description, false};
}

Refusal refusal_of_close(Phase phase, Role role) {
  const auto kind = [&] {
    switch (phase) {
      case Phase::handshake:
        return RefusalKind::handshake;
      case Phase::connect:
        return RefusalKind::connect_rejected;
      case Phase::create_stream:
        // A publisher's name was told already, by releaseStream and FCPublish.
        return role == Role::publish ? RefusalKind::publish_rejected : RefusalKind::connection_lost;
      case Phase::start:
      case Phase::first_media:
        return rejected(role);
      default:
        return RefusalKind::connection_lost;
    }
  };
  return {kind(), phase, {}, {}, true};
}

Refusal refusal_of_silence(Phase phase) { return {RefusalKind::connect_timeout, phase, {}, {}, true}; }

}  // namespace rxgst::rtmp
