#include "js/keep_loaded.h"

#include <dlfcn.h>
#include <link.h>

#include <string>
#include <string_view>
#include <vector>

namespace rxgst {

/**
 * keepLoaded(): Node unloads addons with the last environment that uses them. Where only a worker did, that is under
 * the feet of the threads that still stop its pipelines, and takes node-gtk's handles out of the main thread's event
 * loop's memory.
 */
Napi::Value keep_loaded(const Napi::CallbackInfo& info) {
  std::vector<std::string> found;
  dl_iterate_phdr(
      [](dl_phdr_info* library, size_t, void* data) {
        const std::string_view name = library->dlpi_name ? library->dlpi_name : "";
        for (const std::string_view own : {"/rxgst.node", "/node_gtk.node"}) {
          if (name.size() > own.size() && name.substr(name.size() - own.size()) == own) {
            static_cast<std::vector<std::string>*>(data)->emplace_back(name);
          }
        }
        return 0;
      },
      &found);
  // Not in there, where the loader's locks are held.
  for (const std::string& name : found) dlopen(name.c_str(), RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  return info.Env().Undefined();
}

}  // namespace rxgst
