// Keeps libraries loaded when the last environment that uses them ends.
#pragma once
#include <napi.h>

#include <string>

namespace rxgst {

/**
 * Keeps a loaded library for the rest of the process. Node unloads an addon with its last environment; if that is a
 * worker's, the addon's threads still run in the library.
 * @param file the end of its path, '/name.node'
 */
void keep_loaded(const std::string& file);
/** Keeps this addon loaded. */
void keep_this_loaded();
/** keepLoaded(name): keeps another addon's library loaded; `name` is its file without '.node'. */
Napi::Value keep_loaded_of(const Napi::CallbackInfo& info);

}  // namespace rxgst
