#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/testing_folder.h"
#include "http/server.h"

namespace wharf::http::testing {

/// One reply as a client sees it. Header names are in lower case; a chunked body has its framing taken off.
struct Reply {
  int status = 0;  ///< 0: the connection ended before a whole reply came.
  std::map<std::string, std::string> headers;
  std::string body;
  std::string header(const std::string& name) const;
};

/// A client that sends exactly what it is told. Every wait ends after 20 seconds as if the connection had ended.
class Client {
 public:
  explicit Client(std::uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// False when the server has gone.
  bool send(std::string_view bytes);
  /// Reads one reply; after a HEAD request say so.
  Reply read(bool head_request = false);
  /// Sends, then reads one reply.
  Reply ask(std::string_view request);
  /// All bytes until the connection ends, what `read` left over first.
  std::string read_to_end();
  /// Whether the server ends the connection without sending anything more.
  bool ended();
  /// The bytes up to and with `mark`.
  std::string read_until(std::string_view mark);
  void stop_sending();
  /// Ends the connection with a reset.
  void vanish();
  int fd() const { return fd_; }

 private:
  bool fill();
  bool fill_to(std::size_t size);
  int fd_ = -1;
  std::string in_;
};

/// Waits until `condition` holds, for 20 seconds at most; answers whether it does.
bool eventually(const std::function<bool()>& condition);

/// A folder with files to send.
class TemporaryFolder : private wharf::TemporaryFolder {
 public:
  std::string path() const { return wharf::TemporaryFolder::path().string(); }
  /// A file of `size` bytes that repeat 0…250; opened for reading.
  std::shared_ptr<File> make_file(std::uint64_t size) const;
};

/// The bytes that `make_file` writes from `offset`.
std::string pattern(std::uint64_t offset, std::uint64_t length);

/// `method target` with a Host and the extra header lines (each ends with CR LF).
std::string request(std::string_view method, std::string_view target, std::string_view extra = {});

/// Resident memory of this process in bytes.
std::uint64_t resident_bytes();

}  // namespace wharf::http::testing
