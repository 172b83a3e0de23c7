// Loaded before the C library: no thread begins while the environment has REFUSE_THREADS.
#include <dlfcn.h>
#include <pthread.h>

#include <cerrno>
#include <cstdlib>

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* data) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  return std::getenv("REFUSE_THREADS") ? EAGAIN : create(thread, attributes, run, data);
}
