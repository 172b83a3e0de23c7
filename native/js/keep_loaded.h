// Libraries that stay loaded when the last environment that uses them ends.
#pragma once
#include <napi.h>

#include <string>

namespace rxgst {

/**
 * Keeps a library that is loaded for the rest of the process. Node unloads an addon with its last environment; where
 * that was a worker's, its threads still run in it.
 * @param file the end of its path, '/name.node'
 */
void keep_loaded(const std::string& file);
/** The same of this addon. */
void keep_this_loaded();
/** keepLoaded(name): of another addon's file, without '.node'. */
Napi::Value keep_loaded_of(const Napi::CallbackInfo& info);

}  // namespace rxgst
