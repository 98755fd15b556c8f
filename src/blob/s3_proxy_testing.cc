#include "blob/s3_proxy_testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace wharf::blob {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

bool read_more(int socket, std::string& into) {
  char buffer[65'536];
  const auto count = ::recv(socket, buffer, sizeof buffer, 0);
  if (count > 0) into.append(buffer, static_cast<std::size_t>(count));
  return count > 0;
}

bool write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::size_t length_of(std::string head) {
  std::ranges::transform(head, head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string name = "\r\ncontent-length:";
  const auto at = head.find(name);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

bool read_request(int socket, S3Proxy::Request& request) {
  std::string in;
  std::size_t end = 0;
  while ((end = in.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more(socket, in)) return false;
  }
  request.head = in.substr(0, end + 4);
  request.body = in.substr(end + 4);
  const auto length = length_of(request.head);
  while (request.body.size() < length) {
    if (!read_more(socket, request.body)) return false;
  }
  const auto space = request.head.find(' ');
  request.method = request.head.substr(0, space);
  request.target = request.head.substr(space + 1, request.head.find(' ', space + 1) - space - 1);
  return true;
}

}  // namespace

S3Proxy::S3Proxy(std::string store) : store_(std::move(store)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(0);
  socklen_t size = sizeof at;
  auto* const address = reinterpret_cast<sockaddr*>(&at);
  if (::bind(listener_, address, size) != 0 || ::listen(listener_, 1024) != 0 ||
      ::getsockname(listener_, address, &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(at.sin_port);
  thread_ = std::thread([this] { accept(); });
}

S3Proxy::~S3Proxy() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  released_.notify_all();
  thread_.join();
  for (auto& session : sessions_) session.join();
  ::close(listener_);
}

void S3Proxy::accept() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    pollfd ready{.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 50) <= 0) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) sessions_.emplace_back([this, socket] { serve(socket); });
  }
}

/// One request a connection: what the store says is over when it closes.
void S3Proxy::serve(int socket) {
  Request request;
  if (read_request(socket, request)) {
    Instead instead;
    Change change;
    bool answers = true;
    {
      std::unique_lock lock(mutex_);
      seen_.push_back(request.method + ' ' + request.target);
      released_.wait(lock, [this] { return !hangs_ || stopping_; });
      answers = !stopping_;
      instead = instead_;
      change = change_;
    }
    if (answers) {
      std::optional<std::string> reply;
      if (instead) reply = instead(request);
      if (!reply) {
        reply = ask_store(request);
        if (change) change(request, *reply);
      }
      write_all(socket, *reply);
    }
  }
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
}

std::string S3Proxy::ask_store(const Request& request) const {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto at = loopback(static_cast<std::uint16_t>(std::stoi(store_.substr(store_.rfind(':') + 1))));
  std::string reply;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) {
    const auto head = request.head.substr(0, request.head.size() - 2) + "Connection: close\r\n\r\n";
    if (write_all(socket, head) && write_all(socket, request.body)) {
      while (read_more(socket, reply)) {
      }
    }
  }
  ::close(socket);
  const auto line = reply.find("\r\n");
  if (line != std::string::npos) reply.insert(line + 2, "Connection: close\r\n");
  return reply;
}

void S3Proxy::instead(Instead answer) {
  const std::lock_guard lock(mutex_);
  instead_ = std::move(answer);
}

void S3Proxy::change(Change change) {
  const std::lock_guard lock(mutex_);
  change_ = std::move(change);
}

void S3Proxy::hang(bool hangs) {
  {
    const std::lock_guard lock(mutex_);
    hangs_ = hangs;
  }
  released_.notify_all();
}

int S3Proxy::count(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(
      std::ranges::count_if(seen_, [text](const std::string& line) { return line.find(text) != std::string::npos; }));
}

std::string S3Proxy::reply(int status, std::string_view body, std::string_view more_headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Said\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_headers) + "\r\n" + std::string(body);
}

std::string S3Proxy::error(int status, std::string_view code, std::string_view more_xml,
                           std::string_view more_headers) {
  auto body = R"(<?xml version="1.0" encoding="UTF-8"?>)"
              "\n<Error><Code>" +
              std::string(code) + "</Code><Message>said by the test</Message>" + std::string(more_xml) + "</Error>";
  return reply(status, body, more_headers);
}

}  // namespace wharf::blob
