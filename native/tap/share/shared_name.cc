#include "tap/share/shared_name.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <string_view>

#include "tap/share/ring.h"
#include "tap/share/ring_layout.h"

namespace rxgst::share {
namespace {

constexpr const char* folder = "/dev/shm";
constexpr std::string_view prefix = "rxgst-";
constexpr mode_t own_mode = 0600;
/** Others may take, leave or look at the same name in the same moment. */
constexpr int most_tries = 5;
constexpr useconds_t between_tries_us = 1000;

/**
 * A lock of the open file, not of the process: two shares of one process exclude one another, too, and a reader can ask
 * who has it (F_OFD_GETLK) without taking it.
 */
bool lock_file(int descriptor) {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

bool is_still(const std::string& path, int descriptor) {
  struct stat named{}, open{};
  return lstat(path.c_str(), &named) == 0 && fstat(descriptor, &open) == 0 && named.st_dev == open.st_dev &&
         named.st_ino == open.st_ino;
}

int link_as(int descriptor, const std::string& path) {
  const std::string self = "/proc/self/fd/" + std::to_string(descriptor);
  return linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

/** Tells readers that still have it. */
void end_segment(int descriptor) {
  void* const memory = mmap(nullptr, header_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) return;
  set_state(*static_cast<RingHeader*>(memory), RingState::ended);
  munmap(memory, header_bytes);
}

bool is_ours(int descriptor) {
  struct stat found{};
  char begin[sizeof magic]{};
  return fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode) && found.st_uid == geteuid() &&
         found.st_size >= static_cast<off_t>(header_bytes) &&
         pread(descriptor, begin, sizeof begin, 0) == static_cast<ssize_t>(sizeof begin) &&
         std::memcmp(begin, magic, sizeof magic) == 0;
}

/** Removes the segment of this name if its process has died. 0: the name is free, or may be by now. */
int remove_dead(const std::string& path) {
  const Descriptor segment(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!segment) return errno == ENOENT ? 0 : EPERM;
  if (!is_ours(segment.get())) return EPERM;
  if (!lock_file(segment.get())) return EBUSY;
  // Locked, so nobody else puts another one in its place; but that may have happened before.
  if (!is_still(path, segment.get())) return 0;
  end_segment(segment.get());
  return unlink(path.c_str()) == 0 || errno == ENOENT ? 0 : EPERM;
}

/** What processes left that were killed, under whatever name. */
void remove_all_dead() {
  const std::unique_ptr<GDir, void (*)(GDir*)> all(g_dir_open(folder, 0, nullptr), g_dir_close);
  if (!all) return;
  while (const char* const name = g_dir_read_name(all.get())) {
    if (std::string_view(name).starts_with(prefix)) remove_dead(std::string(folder) + "/" + name);
  }
}

/** Names that go when the process exits without a word, as by process.exit(). Never destroyed. */
struct HeldNames {
  std::mutex mutex;
  std::set<std::string> paths;  // guarded by mutex
};

HeldNames& names() {
  static HeldNames& instance = *[] {
    auto* made = new HeldNames();
    std::atexit([] {
      std::lock_guard lock(names().mutex);
      for (const std::string& path : names().paths) unlink(path.c_str());
    });
    return made;
  }();
  return instance;
}

}  // namespace

std::string path_of(const std::string& name) { return std::string(folder) + "/" + std::string(prefix) + name; }

int new_segment(size_t bytes, Descriptor* made) {
  Descriptor segment(::open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, own_mode));
  if (!segment) return errno;
  // Memory that is only promised ends the process when it is written and not there.
  int error = EINTR;
  while (error == EINTR) error = posix_fallocate(segment.get(), 0, static_cast<off_t>(bytes));
  if (error == 0) *made = std::move(segment);
  return error;
}

int SharedName::claim(const std::string& name, Descriptor segment) {
  remove_all_dead();
  if (!lock_file(segment.get())) return errno;
  const std::string path = path_of(name);
  int error = link_as(segment.get(), path);
  for (int i = 0; error != 0 && i < most_tries; ++i) {
    if (error != EEXIST && error != EBUSY) return error;
    if (error == EBUSY) usleep(between_tries_us);
    error = remove_dead(path);
    if (error == 0) error = link_as(segment.get(), path);
  }
  if (error != 0) return error == EEXIST ? EBUSY : error;
  path_ = path;
  segment_ = std::move(segment);
  std::lock_guard lock(names().mutex);
  names().paths.insert(path);
  return 0;
}

int SharedName::replace(Descriptor segment) {
  if (!lock_file(segment.get())) return errno;
  // Of a process that was killed between the next two calls.
  const std::string next = path_ + ".next";
  unlink(next.c_str());
  if (const int error = link_as(segment.get(), next); error != 0) return error;
  if (rename(next.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    unlink(next.c_str());
    return error;
  }
  segment_ = std::move(segment);
  return 0;
}

void SharedName::release() {
  if (!segment_) return;
  std::lock_guard lock(names().mutex);
  names().paths.erase(path_);
  if (is_still(path_, segment_.get())) unlink(path_.c_str());
  segment_ = Descriptor();
}

}  // namespace rxgst::share
