// What a session tells the machine of one connection.
#pragma once
#include <string>

#include "rtmp/io/session.h"

namespace rxgst::rtmp {

/** @param target where this connection goes, which may be another place than the session's own */
ClientOptions client_options(const SessionOptions& options, const Target& target, const Credentials& credentials,
                             const std::string& login_query);

}  // namespace rxgst::rtmp
