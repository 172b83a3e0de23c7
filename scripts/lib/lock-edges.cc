// ThreadSanitizer sees what pthread does, and nothing of GLib's locks: they are futexes of a library that it did not
// compile. This library stands before GLib's and tells of each lock, and of each reference that goes, what it orders.
#include <dlfcn.h>
#include <glib-object.h>
#include <gst/gst.h>

extern "C" {
void __tsan_acquire(void*);
void __tsan_release(void*);
}

namespace {

/** The function of the same name that this library hides. */
template <typename F>
F hidden(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// NOLINTBEGIN: what they hide has these names and parameters.
#define RXGST_LOCK(name, T)                               \
  extern "C" void name(T* lock) {                         \
    static const auto real = hidden<void (*)(T*)>(#name); \
    real(lock);                                           \
    __tsan_acquire(lock);                                 \
  }
#define RXGST_TRYLOCK(name, T)                                \
  extern "C" gboolean name(T* lock) {                         \
    static const auto real = hidden<gboolean (*)(T*)>(#name); \
    const gboolean taken = real(lock);                        \
    if (taken) __tsan_acquire(lock);                          \
    return taken;                                             \
  }
#define RXGST_BEFORE(name, T)                             \
  extern "C" void name(T* lock) {                         \
    static const auto real = hidden<void (*)(T*)>(#name); \
    __tsan_release(lock);                                 \
    real(lock);                                           \
  }
/** The last reference ends what others have written, so each release comes before it. */
#define RXGST_UNREF(name, T)                              \
  extern "C" void name(T* object) {                       \
    static const auto real = hidden<void (*)(T*)>(#name); \
    __tsan_release(object);                               \
    __tsan_acquire(object);                               \
    real(object);                                         \
  }

RXGST_LOCK(g_mutex_lock, GMutex)
RXGST_TRYLOCK(g_mutex_trylock, GMutex)
RXGST_BEFORE(g_mutex_unlock, GMutex)
RXGST_LOCK(g_rec_mutex_lock, GRecMutex)
RXGST_TRYLOCK(g_rec_mutex_trylock, GRecMutex)
RXGST_BEFORE(g_rec_mutex_unlock, GRecMutex)
RXGST_LOCK(g_rw_lock_writer_lock, GRWLock)
RXGST_BEFORE(g_rw_lock_writer_unlock, GRWLock)
RXGST_LOCK(g_rw_lock_reader_lock, GRWLock)
RXGST_BEFORE(g_rw_lock_reader_unlock, GRWLock)
RXGST_UNREF(gst_mini_object_unref, GstMiniObject)

extern "C" void gst_object_unref(gpointer object) {
  static const auto real = hidden<void (*)(gpointer)>("gst_object_unref");
  __tsan_release(object);
  __tsan_acquire(object);
  real(object);
}

extern "C" void g_object_unref(gpointer object) {
  static const auto real = hidden<void (*)(gpointer)>("g_object_unref");
  __tsan_release(object);
  __tsan_acquire(object);
  real(object);
}

extern "C" void g_cond_wait(GCond* cond, GMutex* mutex) {
  static const auto real = hidden<void (*)(GCond*, GMutex*)>("g_cond_wait");
  __tsan_release(mutex);
  real(cond, mutex);
  __tsan_acquire(mutex);
}

extern "C" gboolean g_cond_wait_until(GCond* cond, GMutex* mutex, gint64 end_time) {
  static const auto real = hidden<gboolean (*)(GCond*, GMutex*, gint64)>("g_cond_wait_until");
  __tsan_release(mutex);
  const gboolean signalled = real(cond, mutex, end_time);
  __tsan_acquire(mutex);
  return signalled;
}

// Work that is handed to a pool of threads passes a queue inside GLib, whose locks are not called by name.
namespace {

struct PoolWork {
  GFunc run;
  gpointer user_data;
};

void run_pool_work(gpointer data, gpointer work) {
  __tsan_acquire(data);
  static_cast<PoolWork*>(work)->run(data, static_cast<PoolWork*>(work)->user_data);
}

}  // namespace

extern "C" GThreadPool* g_thread_pool_new(GFunc run, gpointer user_data, gint most, gboolean exclusive,
                                          GError** error) {
  using New = GThreadPool* (*)(GFunc, gpointer, gint, gboolean, GError**);
  static const auto real = hidden<New>("g_thread_pool_new");
  return real(run_pool_work, new PoolWork{run, user_data}, most, exclusive, error);
}

extern "C" gboolean g_thread_pool_push(GThreadPool* pool, gpointer data, GError** error) {
  static const auto real = hidden<gboolean (*)(GThreadPool*, gpointer, GError**)>("g_thread_pool_push");
  __tsan_release(data);
  return real(pool, data, error);
}
// NOLINTEND
