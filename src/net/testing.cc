#include "net/testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "base/freer.h"

namespace wharf::net::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string decode_base64(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (c != '\r' && c != '\n') clean += c;
  }
  std::string out(clean.size() / 4 * 3 + 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(clean.data()), static_cast<int>(clean.size()));
  if (size < 0) throw std::runtime_error("a mail's base64 is malformed");
  const auto padding = static_cast<std::size_t>(std::ranges::count(clean, '='));
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      if (text[i] != '\r') out += text[i];
    } else if (text.substr(i + 1, 2) == "\r\n") {
      i += 2;
    } else {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

/// Source: RFC 2047, base64 words alone; white space between two of them is not text.
std::string decode_words(std::string text) {
  constexpr std::string_view kBegin = "=?UTF-8?B?";
  std::string out;
  std::size_t at = 0;
  bool after_word = false;
  while (true) {
    const auto word = text.find(kBegin, at);
    const auto between = text.substr(at, word == std::string::npos ? word : word - at);
    if (!after_word || word == std::string::npos || between.find_first_not_of(' ') != std::string::npos) out += between;
    if (word == std::string::npos) return out;
    const auto end = text.find("?=", word + kBegin.size());
    out += decode_base64(text.substr(word + kBegin.size(), end - word - kBegin.size()));
    at = end + 2;
    after_word = true;
  }
}

std::map<std::string, std::string> parse_headers(std::string_view head) {
  std::map<std::string, std::string> headers;
  std::string* last = nullptr;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
    if (!line.empty() && line.front() == ' ' && last != nullptr) {
      *last += line;
      continue;
    }
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) throw std::runtime_error("a mail's header is malformed: " + std::string(line));
    const auto [it, fresh] = headers.emplace(lower(line.substr(0, colon)), line.substr(colon + 2));
    if (!fresh) throw std::runtime_error("a mail has a header twice: " + std::string(line));
    last = &it->second;
  }
  for (auto& [name, value] : headers) value = decode_words(value);
  return headers;
}

void add_part(ReceivedMail& mail, std::string_view part);

void add_content(ReceivedMail& mail, const std::map<std::string, std::string>& headers, std::string_view content) {
  const auto& type = headers.at("content-type");
  if (type.starts_with("multipart/")) {
    const auto begin = type.find("boundary=\"") + 10;
    const auto mark = "--" + type.substr(begin, type.find('"', begin) - begin);
    auto at = content.find(mark);
    while (content.substr(at + mark.size(), 2) != "--") {
      const auto from = at + mark.size() + 2;
      at = content.find(mark, from);
      if (at == std::string_view::npos) throw std::runtime_error("a mail's last part has no end");
      add_part(mail, content.substr(from, at - from - 2));
    }
    return;
  }
  if (headers.at("content-transfer-encoding") != "quoted-printable") throw std::runtime_error("unknown encoding");
  (type.starts_with("text/html") ? mail.html : mail.text) = decode_quoted_printable(content);
}

void add_part(ReceivedMail& mail, std::string_view part) {
  const auto end = part.find("\r\n\r\n");
  add_content(mail, parse_headers(part.substr(0, end)), part.substr(end + 4));
}

std::string between(std::string_view line, char open, char close) {
  const auto begin = line.find(open);
  const auto end = line.find(close, begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return {};
  return std::string(line.substr(begin + 1, end - begin - 1));
}

}  // namespace

std::string ReceivedMail::header(const std::string& name) const {
  const auto it = headers.find(lower(name));
  return it == headers.end() ? "" : it->second;
}

std::string ReceivedMail::link(std::string_view part) const {
  for (auto at = text.find("http"); at != std::string::npos; at = text.find("http", at + 1)) {
    auto url = text.substr(at, text.find_first_of(" \n<>", at) - at);
    if (url.find("://") != std::string::npos && url.find(part) != std::string::npos) return url;
  }
  return {};
}

ReceivedMail parse_mail(std::string raw) {
  ReceivedMail mail;
  const auto end = raw.find("\r\n\r\n");
  if (end == std::string::npos) throw std::runtime_error("a mail has no body");
  mail.headers = parse_headers(std::string_view(raw).substr(0, end));
  add_content(mail, mail.headers, std::string_view(raw).substr(end + 4));
  mail.raw = std::move(raw);
  return mail;
}

/// One client's commands. Source: RFC 5321, RFC 3207, RFC 4954.
class MailSink::Session {
 public:
  Session(MailSink& sink, int socket) : sink_(sink), socket_(socket) {}
  ~Session() {
    if (ssl_) SSL_shutdown(ssl_.get());
    ssl_.reset();
    ::close(socket_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void run() {
    say("220 sink");
    std::string line;
    while (read_line(line) && obey(line)) {
    }
  }

 private:
  bool obey(const std::string& line) {
    const auto word = lower(line.substr(0, line.find_first_of(" :")));
    const bool needs_login = !sink_.options_.username.empty() && user_.empty();
    if (word == "ehlo" || word == "helo") {
      greet();
    } else if (word == "starttls" && sink_.options_.tls && !ssl_) {
      say("220 go on");
      return shake_hands();
    } else if (word == "auth") {
      sign_in(line);
    } else if (word == "mail") {
      if (needs_login) return say("530 sign in first");
      mail_ = {};
      mail_.from = between(line, '<', '>');
      say("250 fine");
    } else if (word == "rcpt") {
      if (const int code = sink_refusal(); code != 0) return say(std::to_string(code) + " not this one");
      mail_.to.push_back(between(line, '<', '>'));
      say("250 fine");
    } else if (word == "data") {
      say("354 go on");
      return take_message();
    } else if (word == "quit") {
      say("221 bye");
      return false;
    } else {
      say("250 fine");
    }
    return true;
  }

  void greet() {
    std::string text = "250-sink\r\n";
    if (sink_.options_.tls && !ssl_) text += "250-STARTTLS\r\n";
    if (!sink_.options_.username.empty()) text += "250-AUTH PLAIN\r\n";
    say(text + "250 8BITMIME");
  }

  void sign_in(const std::string& line) {
    std::string initial = line.size() > 11 ? line.substr(11) : "";
    if (initial.empty()) {
      say("334 ");
      read_line(initial);
    }
    const auto plain = decode_base64(initial);
    const auto& options = sink_.options_;
    if (plain == std::string(1, '\0') + options.username + std::string(1, '\0') + options.password) {
      user_ = options.username;
      say("235 fine");
    } else {
      say("535 no");
    }
  }

  int sink_refusal() {
    const std::lock_guard lock(sink_.mutex_);
    if (sink_.refuse_times_ == 0) return 0;
    --sink_.refuse_times_;
    return sink_.refuse_code_;
  }

  bool take_message() {
    std::string raw, line;
    while (read_line(line)) {
      if (line == ".") {
        auto mail = parse_mail(std::move(raw));
        mail.from = mail_.from;
        mail.to = mail_.to;
        mail.user = user_;
        mail.tls = ssl_ != nullptr;
        {
          const std::lock_guard lock(sink_.mutex_);
          sink_.mails_.push_back(std::move(mail));
        }
        sink_.came_.notify_all();
        return say("250 taken");
      }
      raw += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
    }
    return false;
  }

  bool shake_hands() {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate_chain_file(context_.get(), sink_.options_.tls->certificate_chain.c_str());
    SSL_CTX_use_PrivateKey_file(context_.get(), sink_.options_.tls->private_key.c_str(), SSL_FILETYPE_PEM);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    in_.clear();
    return SSL_accept(ssl_.get()) == 1;
  }

  bool say(const std::string& text) {
    const auto bytes = text + "\r\n";
    if (ssl_) return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0;
  }

  bool read_line(std::string& line) {
    std::size_t end = 0;
    while ((end = in_.find("\r\n")) == std::string::npos) {
      char buffer[16384];
      long count = 0;
      if (!ssl_ || SSL_pending(ssl_.get()) == 0) {
        pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
        while (::poll(&ready, 1, 50) == 0) {
          if (sink_.stopping_) return false;
        }
      }
      if (ssl_) {
        count = SSL_read(ssl_.get(), buffer, sizeof buffer);
      } else {
        count = ::recv(socket_, buffer, sizeof buffer, 0);
      }
      if (count <= 0) return false;
      in_.append(buffer, static_cast<std::size_t>(count));
    }
    line = in_.substr(0, end);
    in_.erase(0, end + 2);
    return true;
  }

  MailSink& sink_;
  const int socket_;
  std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Freer<SSL_free>> ssl_;
  std::string in_, user_;
  ReceivedMail mail_;
};

MailSink::MailSink(Options options) : options_(std::move(options)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto* const address = reinterpret_cast<sockaddr*>(&at);
  if (::bind(listener_, address, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, address, &size) != 0) {
    throw std::runtime_error("the mail sink cannot listen");
  }
  port_ = ntohs(at.sin_port);
  thread_ = std::thread([this] { serve(); });
}

MailSink::~MailSink() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void MailSink::serve() {
  std::vector<std::thread> sessions;
  while (!stopping_) {
    pollfd ready{.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 50) <= 0) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    ++connections_;
    sessions.emplace_back([this, socket] {
      Session session(*this, socket);
      session.run();
    });
  }
  for (auto& session : sessions) session.join();
}

MailServer MailSink::server() const {
  MailServer server{.host = "127.0.0.1", .port = port_, .use_tls = options_.tls.has_value()};
  server.username = options_.username;
  server.password = options_.password;
  server.sender = "Wharf <wharf@example.com>";
  if (options_.tls) server.extra_ca_file = options_.tls->certificate_chain;
  return server;
}

std::vector<ReceivedMail> MailSink::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

std::vector<ReceivedMail> MailSink::wait_for(std::size_t count) {
  std::unique_lock lock(mutex_);
  came_.wait_for(lock, kPatience, [this, count] { return mails_.size() >= count; });
  return mails_;
}

void MailSink::clear() {
  const std::lock_guard lock(mutex_);
  mails_.clear();
}

void MailSink::refuse(int code, int times) {
  const std::lock_guard lock(mutex_);
  refuse_code_ = code;
  refuse_times_ = times;
}

std::string ReceivedRequest::header(std::string_view name) const {
  const auto it = std::ranges::find_if(headers, [name](const auto& h) { return lower(h.first) == lower(name); });
  return it == headers.end() ? "" : it->second;
}

HookSink::HookSink(Options options) : tls_(options.tls.has_value()) {
  http::ServerOptions server;
  server.port = 0;
  server.loops = 1;
  server.tls = options.tls;
  auto made = http::Server::create(server, [this](http::Request& request) { return handle(request); });
  if (!made) throw std::runtime_error("the hook sink cannot listen: " + made.error().message);
  server_ = std::move(*made);
  server_->start();
}

HookSink::~HookSink() { server_->stop(std::chrono::milliseconds(0)); }

std::string HookSink::url(std::string_view path) const {
  return std::string(tls_ ? "https" : "http") + "://127.0.0.1:" + std::to_string(port()) + std::string(path);
}

awaitable<http::Response> HookSink::handle(http::Request& request) {
  constexpr std::size_t kMostBody = 64u << 20;
  ReceivedRequest got{.method = std::string(request.method), .target = std::string(request.target)};
  for (const auto& [name, value] : request.headers) got.headers.emplace_back(name, value);
  auto body = co_await request.body->read_all(kMostBody);
  if (!body) co_return http::Response{.status = 400};
  got.body = std::move(*body);
  Answer answer;
  int status = 0;
  {
    const std::lock_guard lock(mutex_);
    answer = answer_;
    status = statuses_.front();
    if (!answer && statuses_.size() > 1) statuses_.erase(statuses_.begin());
    requests_.push_back(got);
  }
  came_.notify_all();
  if (answer) co_return answer(got);
  http::Response response;
  response.status = status;
  co_return response;
}

std::vector<ReceivedRequest> HookSink::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<ReceivedRequest> HookSink::wait_for(std::size_t count) {
  std::unique_lock lock(mutex_);
  came_.wait_for(lock, kPatience, [this, count] { return requests_.size() >= count; });
  return requests_;
}

void HookSink::clear() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

void HookSink::answer(std::vector<int> statuses) {
  if (statuses.empty()) throw std::invalid_argument("a hook sink answers something");
  const std::lock_guard lock(mutex_);
  answer_ = nullptr;
  statuses_ = std::move(statuses);
}

void HookSink::answer_with(Answer answer) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
}

}  // namespace wharf::net::testing
