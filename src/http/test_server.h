#pragma once
#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "http/test_client.h"

namespace wharf::http::testing {

/// A server on a free port of loopback, with one loop, and the handler of test_server.cc behind it:
///   /hello            "hello"
///   /echo             the body, up to 1 MiB
///   /count            how many bytes the body had, or the error it met; read 1 MiB at a time
///   /ignore           401 without reading the body
///   /head             what the request says
///   /big              a shared string of 1 MiB
///   /file?offset=&length=  a part of `file`
///   /short-file       a file body that promises more than there is
///   /stream, /sized-stream, /broken-stream, /thrown-stream, /short-stream   pieces
///   /none, /unchanged, /length, /odd   204, 304, LengthOnly, a status that cannot be
///   /throw            throws
///   /wait             answers once `released` is true
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::uint16_t port() const { return server_->port(); }
  Server& server() { return *server_; }
  ServerCounters counters() const { return server_->counters(); }
  std::vector<std::string> errors() const;
  std::vector<std::string> bodies() const;  ///< What /count answered, whether or not a client got it.

  std::shared_ptr<File> file;
  std::atomic<bool> released{false};
  std::atomic<int> waiting{0};

 private:
  awaitable<Response> answer(Request& request);
  awaitable<Response> count(BodyReader& body);
  void note(std::vector<std::string>& list, std::string text);

  mutable std::mutex mutex_;
  std::vector<std::string> errors_;
  std::vector<std::string> bodies_;
  std::unique_ptr<Server> server_;
};

}  // namespace wharf::http::testing
