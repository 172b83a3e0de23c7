// Logins of servers that refuse the first `connect` with a challenge: `authmod=adobe`, `authmod=llnw`.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rxgst::rtmp {

struct Credentials {
  std::string user, password;
};

struct LoginStep {
  enum class Kind : uint8_t {
    /** The words are about no login. */
    none,
    /** Connect again, with `query` behind the application. */
    again,
    /** The user or password is wrong or missing, or the server asks again and again. */
    refused,
  };
  Kind kind = Kind::none;
  std::string query;
};

/**
 * What to do about a refusal of `connect`.
 * @param description the server's words
 * @param app the application without what a login added to it
 * @param last_query what the login added to the application of this connection; empty: nothing
 * @param chance for the client's own challenge
 */
LoginStep next_login(std::string_view description, std::string_view app, const Credentials& credentials,
                     std::string_view last_query, uint32_t chance);

}  // namespace rxgst::rtmp
