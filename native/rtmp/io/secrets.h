// Keeps keys out of texts.
#pragma once
#include <string>

#include "rtmp/io/session.h"

namespace rxgst::rtmp {

/** The text without the stream's name, the password, and the values of the address's queries. */
std::string masked(std::string text, const Target& target, const Credentials& credentials);

}  // namespace rxgst::rtmp
