#pragma once
#include <curl/curl.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/engine.h"
#include "net/http_client.h"

namespace wharf::net::detail {

/// One exchange over curl's easy interface: what is sent, what was received, and who waits for it.
///
/// Everything is the engine's thread's own but the awaitables, which may be awaited anywhere, one at a time.
class Transfer : public std::enable_shared_from_this<Transfer> {
 public:
  struct Options {
    std::shared_ptr<const AddressPolicy> policy;
    std::string host;  ///< As the policy knows it.
    std::string extra_ca_file;
    std::optional<std::size_t> collected;  ///< The whole reply is kept, up to so many bytes; else it is read in pieces.
    bool streamed = false;                 ///< The body comes by write(); else it is `body`.
    std::optional<std::uint64_t> streamed_bytes;  ///< What the server is told of such a body.
    std::string body;
    std::shared_ptr<const std::vector<std::string>> shared_body;  ///< Instead of `body`, if there is one.
    bool is_http = true;                                          ///< Header lines are a reply's head.
  };

  Transfer(std::shared_ptr<Engine> engine, Options options);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* easy() { return easy_; }
  /// Adds one line to what HTTPHEADER or MAIL_RCPT will be told.
  void add_line(const std::string& line);
  curl_slist* lines() { return lines_; }
  void set_resolve(const std::vector<std::string>& entries);
  /// Of the whole body, unless it is streamed.
  std::size_t body_bytes() const;

  // For HttpExchange, HttpClient and Mailer.
  /// False: the engine was stopped.
  awaitable<bool> begin();
  awaitable<Result<bool>> write(std::string piece);
  awaitable<Result<HttpReply>> head();
  awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer);
  /// To the end; the reply with its body when it is collected.
  awaitable<Result<HttpReply>> finish();
  /// Any thread: ends it, whoever waits gets nothing.
  void abandon();

  // For the engine.
  void on_done(CURLcode code);
  void on_stopped();

 private:
  /// Tries again what somebody waits for; true when that has resumed them.
  using Waiter = std::function<bool()>;

  static std::size_t on_read(char* out, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static std::size_t on_write(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_connected(void* self, char* peer, char* own, int peer_port, int own_port);
  static CURLcode on_tls_context(CURL* easy, void* context, void* self);

  /// Waits until `attempt`, run on the engine's thread now and whenever `place` is woken, answers true.
  /// False: the engine was stopped before, and nothing was run.
  template <class Attempt>
  awaitable<bool> until(Waiter Transfer::* place, Attempt attempt);
  void wake(Waiter& place);

  std::string_view next_of_body();

  bool may_connect(const boost::asio::ip::address& address);
  std::size_t take_body(std::string_view data);
  bool take_header(std::string_view line);
  void end(std::optional<Error> failure);
  void resume(int direction);
  Error error_of(CURLcode code) const;

  const std::shared_ptr<Engine> engine_;
  Options options_;
  CURL* easy_;
  curl_slist* lines_ = nullptr;
  curl_slist* resolve_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_text_{};

  std::string out_;              ///< Of a streamed body, not sent yet.
  std::size_t out_offset_ = 0;   ///< Sent already, of out_, the body or the piece of it.
  std::size_t out_piece_ = 0;    ///< Of a shared body: the one that is being sent.
  std::uint64_t out_total_ = 0;  ///< Written in all.
  bool out_ended_ = false, out_paused_ = false, out_began_ = false;
  HttpReply reply_;
  std::size_t head_bytes_ = 0;
  bool head_done_ = false;
  std::string in_;  ///< Received, not read yet.
  std::size_t in_offset_ = 0;
  bool in_paused_ = false;
  int paused_ = CURLPAUSE_CONT;
  bool too_large_ = false, refused_ = false;
  bool ended_ = false;
  std::optional<Error> failure_;
  Waiter room_waiter_, head_waiter_, data_waiter_, end_waiter_;
};

}  // namespace wharf::net::detail
