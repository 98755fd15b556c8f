#include "http/test_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <stdexcept>

namespace wharf::http::testing {
namespace {

constexpr std::size_t kEchoLimit = 1024 * 1024;
constexpr std::size_t kPiece = 1024 * 1024;

struct Pieces {
  int left = 3;
  bool fails = false;
  bool throws = false;
  bool short_by_one = false;
};

awaitable<Result<bool>> next_piece(std::shared_ptr<Pieces> pieces, std::string& piece) {
  if (pieces->left == 1 && pieces->fails) co_return Error{Errc::internal, "no more", "the source broke"};
  if (pieces->left == 1 && pieces->throws) throw std::runtime_error("the source threw");
  // The second piece is empty: it must not end a chunked body.
  if (pieces->left != 2) piece = pieces->short_by_one && pieces->left == 1 ? "piec" : "piece";
  co_return --pieces->left > 0;
}

Response stream(Pieces pieces, std::optional<std::uint64_t> length) {
  auto state = std::make_shared<Pieces>(pieces);
  Response response;
  response.body =
      StreamBody{.length_bytes = length, .next = [state](std::string& piece) { return next_piece(state, piece); }};
  return response;
}

Response text(std::string body) {
  Response response;
  response.add("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

Response status(int code, Body body = {}) {
  Response response;
  response.status = code;
  response.body = std::move(body);
  return response;
}

std::string describe(const Request& request) {
  std::string lines = std::string(request.method) + ' ' + std::string(request.target) + '\n';
  lines += "path " + std::string(request.path) + "\nquery " + std::string(request.query) + "\nhost " +
           std::string(request.host) + "\npeer " + request.peer + "\nid " + request.id + "\nsecure " +
           (request.secure ? "yes" : "no") + "\nloop " + std::to_string(Server::current_loop()) + '\n';
  for (const auto& [name, value] : request.headers) lines += std::string(name) + '=' + std::string(value) + '\n';
  return lines;
}

std::uint64_t number(const Request& request, std::string_view name) {
  return std::stoull(query_value(request.query, name).value_or("0"));
}

}  // namespace

TestServer::TestServer(ServerOptions options) {
  options.port = 0;
  if (options.loops == 0) options.loops = 1;
  if (!options.on_error) options.on_error = [this](std::string_view what) { note(errors_, std::string(what)); };
  auto server = Server::create(std::move(options), [this](Request& request) { return answer(request); });
  if (!server) throw std::runtime_error(server.error().message + ": " + server.error().detail);
  server_ = std::move(*server);
  server_->start();
}

TestServer::~TestServer() {
  released = true;
  server_->stop(std::chrono::seconds(0));
}

std::vector<std::string> TestServer::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

std::vector<std::string> TestServer::bodies() const {
  const std::lock_guard lock(mutex_);
  return bodies_;
}

void TestServer::note(std::vector<std::string>& list, std::string text) {
  const std::lock_guard lock(mutex_);
  list.push_back(std::move(text));
}

awaitable<Response> TestServer::count(BodyReader& body) {
  std::vector<std::byte> buffer(kPiece);
  std::uint64_t bytes = 0;
  for (;;) {
    const auto read = co_await body.read_some(buffer);
    if (!read) {
      note(bodies_, "error after " + std::to_string(bytes) + ": " + read.error().message);
      auto response = text(read.error().message);
      response.status = 400;
      co_return response;
    }
    if (*read == 0) break;
    bytes += *read;
  }
  note(bodies_, std::to_string(bytes));
  co_return text(std::to_string(bytes));
}

awaitable<Response> TestServer::answer(Request& request) {
  const auto path = request.path;
  if (path == "/echo") {
    auto body = co_await request.body->read_all(kEchoLimit);
    co_return body ? text(std::move(*body)) : status(body.error().code == Errc::payload_too_large ? 413 : 400);
  }
  if (path == "/count") co_return co_await count(*request.body);
  if (path == "/ignore") co_return status(401, std::string("who are you?"));
  if (path == "/head") co_return text(describe(request));
  if (path == "/big") co_return status(200, std::make_shared<const std::string>(pattern(0, kPiece)));
  if (path == "/file") {
    co_return status(
        200, FileBody{.file = file, .offset = number(request, "offset"), .length_bytes = number(request, "length")});
  }
  if (path == "/short-file") co_return status(200, FileBody{.file = file, .offset = 0, .length_bytes = 1U << 30});
  if (path == "/stream") co_return stream({}, std::nullopt);
  if (path == "/sized-stream") co_return stream({}, 10);
  if (path == "/broken-stream") co_return stream({.fails = true}, std::nullopt);
  if (path == "/thrown-stream") co_return stream({.throws = true}, std::nullopt);
  if (path == "/short-stream") co_return stream({.short_by_one = true}, 10);
  if (path == "/none") co_return status(204, std::string("not to be sent"));
  if (path == "/unchanged") co_return status(304, std::string("not to be sent"));
  if (path == "/length") co_return status(200, LengthOnly{.length_bytes = 12345});
  if (path == "/odd") co_return status(101);
  if (path == "/throw") throw std::runtime_error("secret reason");
  if (path == "/wait") {
    ++waiting;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (!released) {
      timer.expires_after(std::chrono::milliseconds(2));
      auto wait = timer.async_wait(boost::asio::use_awaitable);
      co_await std::move(wait);
    }
    co_return text("released");
  }
  co_return text("hello");
}

}  // namespace wharf::http::testing
