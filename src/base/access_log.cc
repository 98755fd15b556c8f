#include "base/access_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/json.h"

namespace wharf {
namespace {

constexpr std::size_t kFlushBytes = 32 * 1024;
constexpr std::size_t kMostBytes = 1024 * 1024;
constexpr std::size_t kLongestValue = 2048;
constexpr std::chrono::milliseconds kFlushEvery{500};

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

std::string_view shortened(std::string_view text) { return text.substr(0, kLongestValue); }

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.append(R"(,")").append(name).append(R"(":)");
  json::append_string(out, shortened(text));
}

void append_word(std::string& out, std::string_view text) {
  out.push_back(' ');
  if (text.empty()) {
    out.push_back('-');
  } else {
    log::detail::append_plain_or_quoted(out, shortened(text));
  }
}

}  // namespace

AccessLog::AccessLog(Options options) : options_(options), id_(next_id()) {
  if (options_.enabled) writer_ = std::thread([this] { run(); });
}

AccessLog::~AccessLog() {
  if (!writer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  writer_.join();
  write_buffers();
}

void AccessLog::append_line(std::string& out, log::Format format, const Entry& entry) {
  const auto path = entry.path.substr(0, entry.path.find('?'));
  auto to = std::back_inserter(out);
  if (format == log::Format::json) {
    out += R"({"time":")";
    log::detail::append_time(out, entry.at);
    out.push_back('"');
    append_member(out, "request", entry.request_id);
    append_member(out, "method", entry.method);
    append_member(out, "path", path);
    fmt::format_to(to, R"(,"status":{},"bytes":{},"us":{})", entry.status, entry.bytes, entry.micros);
    append_member(out, "peer", entry.peer);
    append_member(out, "user", entry.user);
    out += "}\n";
    return;
  }
  log::detail::append_time(out, entry.at);
  append_word(out, entry.request_id);
  append_word(out, entry.method);
  append_word(out, path);
  fmt::format_to(to, " {} {} {}", entry.status, entry.bytes, entry.micros);
  append_word(out, entry.peer);
  append_word(out, entry.user);
  out.push_back('\n');
}

AccessLog::Buffer& AccessLog::buffer_of_this_thread() {
  struct Known {
    std::uint64_t log = 0;
    std::shared_ptr<Buffer> buffer;
  };
  thread_local Known known;
  if (known.log == id_) return *known.buffer;
  const std::lock_guard lock(mutex_);
  const auto mine = [me = std::this_thread::get_id()](const auto& buffer) { return buffer->owner == me; };
  const auto found = std::ranges::find_if(buffers_, mine);
  if (found != buffers_.end()) {
    known.buffer = *found;
  } else {
    known.buffer = std::make_shared<Buffer>();
    known.buffer->owner = std::this_thread::get_id();
    buffers_.push_back(known.buffer);
  }
  known.log = id_;
  return *known.buffer;
}

void AccessLog::add(const Entry& entry) {
  if (!options_.enabled) return;
  auto& buffer = buffer_of_this_thread();
  bool full = false;
  {
    const std::lock_guard lock(buffer.mutex);
    if (buffer.lines.size() >= kMostBytes) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    const auto before = buffer.lines.size();
    append_line(buffer.lines, options_.format, entry);
    full = before < kFlushBytes && buffer.lines.size() >= kFlushBytes;
  }
  if (!full) return;
  {
    const std::lock_guard lock(mutex_);
    due_ = true;
  }
  wake_.notify_one();
}

void AccessLog::write_buffers() {
  std::vector<std::shared_ptr<Buffer>> buffers;
  {
    const std::lock_guard lock(mutex_);
    buffers = buffers_;
  }
  std::string lines;
  for (const auto& buffer : buffers) {
    lines.clear();
    {
      const std::lock_guard lock(buffer->mutex);
      lines.swap(buffer->lines);  // the thread gets the memory of the buffer before
    }
    log::detail::write_whole(options_.fd, lines);
  }
}

void AccessLog::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    wake_.wait_for(lock, kFlushEvery, [this] { return due_ || ending_; });
    due_ = false;
    lock.unlock();
    write_buffers();
    lock.lock();
  }
}

}  // namespace wharf
