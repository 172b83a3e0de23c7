// Lines of an index that a disk does not take, and folders that are replaced while they are locked. Compiled and run by
// files.test.ts.
#include "record/segment_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

using namespace rxgst;
using namespace rxgst::record;

static int failures = 0;
#define CHECK(actual, expected)                                                     \
  do {                                                                              \
    if (!((actual) == (expected))) {                                                \
      std::printf("%s:%d: %s is not %s\n", __FILE__, __LINE__, #actual, #expected); \
      ++failures;                                                                   \
    }                                                                               \
  } while (false)

/** Called in place of the lock, before it. */
static std::function<void()> before_lock;

extern "C" int flock(int descriptor, int operation) {
  if (const auto meanwhile = std::exchange(before_lock, nullptr)) meanwhile();
  // A lock of another kind serves as well here.
  struct flock lock{};
  lock.l_type = F_RDLCK;
  (void)operation;
  return fcntl(descriptor, F_OFD_SETLK, &lock);
}

static std::string text_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

static std::string folder() {
  char name[] = "/tmp/rxgst-files-XXXXXX";
  return mkdtemp(name);
}

/** Files of this process take no more than so many bytes: like a disk that is full. */
static void limit_files(rlim_t bytes) {
  struct rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

static void lines_of_a_full_disk() {
  const std::string index = folder() + "/index.ndjson";
  CHECK(append_line(index, "{\"file\":\"one\"}\n"), 0);
  limit_files(20);
  CHECK(append_line(index, "{\"file\":\"two\"}\n") != 0, true);
  CHECK(text_of(index), "{\"file\":\"one\"}\n");
  limit_files(RLIM_INFINITY);
  CHECK(append_line(index, "{\"file\":\"three\"}\n"), 0);
  CHECK(text_of(index), "{\"file\":\"one\"}\n{\"file\":\"three\"}\n");
}

static void line_behind_a_torn_one() {
  const std::string index = folder() + "/index.ndjson";
  std::ofstream(index) << "{\"file\":\"one\"}\n{\"fil";
  CHECK(append_line(index, "{\"file\":\"two\"}\n"), 0);
  CHECK(text_of(index), "{\"file\":\"one\"}\n{\"fil\n{\"file\":\"two\"}\n");
}

static void folder_that_is_replaced() {
  const std::string place = folder() + "/place", old = place + "-old";
  mkdir(place.c_str(), 0755);
  before_lock = [&] {
    rename(place.c_str(), old.c_str());
    mkdir(place.c_str(), 0755);
  };
  Descriptor lock;
  CHECK(lock_folder(place, &lock), 0);
  struct stat named{}, locked{};
  stat(place.c_str(), &named);
  fstat(lock.get(), &locked);
  CHECK(named.st_ino, locked.st_ino);

  before_lock = [&] { rename(place.c_str(), (place + "-gone").c_str()); };
  Descriptor none;
  CHECK(lock_folder(place, &none), ENOENT);
  CHECK(static_cast<bool>(none), false);
}

int main() {
  std::signal(SIGXFSZ, SIG_IGN);
  lines_of_a_full_disk();
  line_behind_a_torn_one();
  folder_that_is_replaced();
  if (failures == 0) std::printf("files: all well\n");
  return failures == 0 ? 0 : 1;
}
