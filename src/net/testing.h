#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/server.h"
#include "net/http_client.h"
#include "net/mailer.h"

/// Servers that tests let the product talk to, on free ports of loopback.
namespace wharf::net::testing {

/// A mail as it arrived.
struct ReceivedMail {
  std::string from;                            ///< Of the envelope.
  std::vector<std::string> to;                 ///< Of the envelope.
  std::map<std::string, std::string> headers;  ///< Names in lower case, unfolded, encoded words decoded.
  std::string text, html;                      ///< Decoded, with LF line ends; "" for a part that is not there.
  std::string raw;                             ///< As sent, without the dots that SMTP adds.
  std::string user;                            ///< Who signed in; "": nobody.
  bool tls = false;

  std::string subject() const { return header("subject"); }
  std::string header(const std::string& name) const;
  /// The first URL in the text that has `part` in it; "": none.
  std::string link(std::string_view part = "") const;
};

/// The parts of a message, taken apart as a mail reader does.
ReceivedMail parse_mail(std::string raw);

/// A mail server that keeps what it gets.
class MailSink {
 public:
  struct Options {
    std::string username, password;     ///< Asked for when not empty.
    std::optional<http::TlsFiles> tls;  ///< Offers STARTTLS.
  };
  MailSink() : MailSink(Options{}) {}
  explicit MailSink(Options options);
  ~MailSink();
  MailSink(const MailSink&) = delete;
  MailSink& operator=(const MailSink&) = delete;

  std::uint16_t port() const { return port_; }
  /// How to reach it: without TLS unless it has a certificate, which is trusted then.
  MailServer server() const;

  std::vector<ReceivedMail> mails() const;
  /// Waits until `count` mails are there, 20 s at most; all that are there then.
  std::vector<ReceivedMail> wait_for(std::size_t count);
  void clear();
  /// The next `times` recipients are refused with `code`: 4xx for now, 5xx for good.
  void refuse(int code, int times);
  /// Connections accepted until now.
  int connections() const { return connections_; }

 private:
  class Session;
  void serve();

  const Options options_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::vector<ReceivedMail> mails_;
  int refuse_code_ = 0, refuse_times_ = 0;
  std::thread thread_;
};

/// A request as it arrived.
struct ReceivedRequest {
  std::string method, target, body;
  Headers headers;
  /// The first value of the header `name` (any case), or "".
  std::string header(std::string_view name) const;
};

/// A web server that keeps what it is asked and answers what it was told.
class HookSink {
 public:
  struct Options {
    std::optional<http::TlsFiles> tls;
  };
  using Answer = std::function<http::Response(const ReceivedRequest&)>;

  HookSink() : HookSink(Options{}) {}
  explicit HookSink(Options options);
  ~HookSink();
  HookSink(const HookSink&) = delete;
  HookSink& operator=(const HookSink&) = delete;

  std::uint16_t port() const { return server_->port(); }
  /// "http://127.0.0.1:PORT" and `path`.
  std::string url(std::string_view path = "/") const;

  std::vector<ReceivedRequest> requests() const;
  /// Waits until `count` requests are there, 20 s at most; all that are there then.
  std::vector<ReceivedRequest> wait_for(std::size_t count);
  void clear();
  /// From now on the statuses are these, one a request, and the last one from then on. It begins with 200.
  void answer(std::vector<int> statuses);
  /// From now on `answer` makes the replies; it is called on the server's loop.
  void answer_with(Answer answer);
  /// Connections accepted until now.
  std::uint64_t connections() const { return server_->counters().accepted; }

 private:
  awaitable<http::Response> handle(http::Request& request);

  const bool tls_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::vector<ReceivedRequest> requests_;
  std::vector<int> statuses_{200};
  Answer answer_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace wharf::net::testing
