#include "record/segment_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace rxgst::record {
namespace {

constexpr mode_t file_mode = 0644, folder_mode = 0755;
constexpr uint64_t least_room_bytes = 1 << 20;
constexpr int most_numbers = 1000;
/** Of a folder that is replaced while it is locked. */
constexpr int most_tries = 3;

std::string with_number(const std::string& path, int number) {
  if (number == 0) return path;
  const size_t slash = path.rfind('/'), dot = path.rfind('.');
  const size_t at = dot == std::string::npos || (slash != std::string::npos && dot < slash) ? path.size() : dot;
  return path.substr(0, at) + "-" + std::to_string(number) + path.substr(at);
}

}  // namespace

int make_folders(const std::string& path) {
  for (size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string part = path.substr(0, at);
    if (!part.empty() && mkdir(part.c_str(), folder_mode) != 0 && errno != EEXIST) {
      // A folder above may be closed to us and there all the same.
      struct stat found{};
      if (const int error = errno; stat(part.c_str(), &found) != 0) return error;
    }
    if (at == std::string::npos) break;
  }
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) return errno;
  return S_ISDIR(found.st_mode) ? 0 : ENOTDIR;
}

int lock_folder(const std::string& path, Descriptor* lock) {
  for (int i = 0; i < most_tries; ++i) {
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return errno;
    // A file system that knows no locks does without.
    if (flock(folder.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return EBUSY;
    // Between the two calls another folder may have come in its place, which somebody else may lock.
    struct stat named{}, locked{};
    if (stat(path.c_str(), &named) != 0) return errno;
    if (fstat(folder.get(), &locked) != 0) return errno;
    if (named.st_dev != locked.st_dev || named.st_ino != locked.st_ino) continue;
    *lock = std::move(folder);
    return 0;
  }
  return EBUSY;
}

int check_room(const std::string& path) {
  struct statvfs found{};
  if (statvfs(path.c_str(), &found) != 0) return 0;
  return static_cast<uint64_t>(found.f_bavail) * found.f_frsize < least_room_bytes ? ENOSPC : 0;
}

int write_all(int descriptor, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return EIO;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return 0;
}

int replace_file(const std::string& path, const std::string& text) {
  const std::string part = path + ".part";
  const auto fail = [&](int error) {
    unlink(part.c_str());
    return error;
  };
  {
    Descriptor file(::open(part.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, file_mode));
    if (!file) return errno;
    const int error = write_all(file.get(), {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    if (error != 0) return fail(error);
  }
  return rename(part.c_str(), path.c_str()) == 0 ? 0 : fail(errno);
}

int append_line(const std::string& path, const std::string& line) {
  Descriptor file(::open(path.c_str(), O_CREAT | O_APPEND | O_RDWR | O_CLOEXEC, file_mode));
  if (!file) return errno;
  struct stat before{};
  if (fstat(file.get(), &before) != 0) return errno;
  // A process may have been killed, or a machine lost, in the middle of a line: readers skip that one alone.
  char last = '\n';
  const bool torn = before.st_size > 0 && pread(file.get(), &last, 1, before.st_size - 1) == 1 && last != '\n';
  const std::string text = torn ? "\n" + line : line;
  const int error = write_all(file.get(), {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  // Half a line would be one with the next. Where it stays all the same, the next one begins behind an end of line.
  if (error != 0 && ftruncate(file.get(), before.st_size) != 0) return error;
  return error;
}

int SegmentFile::open(const std::string& folder, const std::string& path) {
  folder_ = folder;
  bytes_ = 0;
  // A folder that was removed is another recorder's to make, with a lock and an index.
  if (access(folder.c_str(), F_OK) != 0) return errno;
  const size_t slash = path.rfind('/');
  if (const int error = make_folders(slash == std::string::npos ? folder : folder + "/" + path.substr(0, slash));
      error != 0)
    return error;
  for (int number = 0; number < most_numbers; ++number) {
    name_ = with_number(path, number);
    file_ = Descriptor(::open((folder + "/" + name_).c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, file_mode));
    if (file_) return 0;
    if (errno != EEXIST) return errno;
  }
  return EEXIST;
}

int SegmentFile::append(std::span<const uint8_t> bytes) {
  const int error = write_all(file_.get(), bytes);
  if (error == 0) {
    bytes_ += bytes.size();
    return 0;
  }
  const auto whole = static_cast<off_t>(bytes_);
  if (ftruncate(file_.get(), whole) == 0) lseek(file_.get(), whole, SEEK_SET);
  return error;
}

int SegmentFile::patch(uint64_t at, std::span<const uint8_t> bytes) {
  const ssize_t written = pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
  return written == static_cast<ssize_t>(bytes.size()) ? 0 : written < 0 ? errno : EIO;
}

bool SegmentFile::is_gone() const {
  struct stat found{};
  return fstat(file_.get(), &found) != 0 || found.st_nlink == 0;
}

void SegmentFile::remove() { unlink((folder_ + "/" + name_).c_str()); }

}  // namespace rxgst::record
