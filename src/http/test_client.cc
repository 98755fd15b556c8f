#include "http/test_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace wharf::http::testing {
namespace {

constexpr int kPatience = 20;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string Reply::header(const std::string& name) const {
  const auto found = headers.find(lower(name));
  return found == headers.end() ? std::string() : found->second;
}

Client::Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{.tv_sec = kPatience, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
    throw std::runtime_error("connect failed");
}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Client::fill() {
  std::array<char, 64 * 1024> buffer;
  const auto count = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  in_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

bool Client::fill_to(std::size_t size) {
  while (in_.size() < size) {
    if (!fill()) return false;
  }
  return true;
}

std::string Client::read_until(std::string_view mark) {
  std::size_t at;
  while ((at = in_.find(mark)) == std::string::npos) {
    if (!fill()) return {};
  }
  auto text = in_.substr(0, at + mark.size());
  in_.erase(0, at + mark.size());
  return text;
}

Reply Client::read(bool head_request) {
  const std::string head = read_until("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 ")) return {};
  Reply reply;
  const int status = std::stoi(head.substr(9, 3));
  for (auto at = head.find("\r\n") + 2; at + 2 < head.size();) {
    const auto end = head.find("\r\n", at);
    const auto line = head.substr(at, end - at);
    const auto colon = line.find(": ");
    if (colon == std::string::npos) return {};
    reply.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
    at = end + 2;
  }
  if (reply.headers.contains("content-length") && !head_request && status != 304) {
    const auto size = std::stoull(reply.header("content-length"));
    if (!fill_to(size)) return {};
    reply.body = in_.substr(0, size);
    in_.erase(0, size);
  } else if (reply.header("transfer-encoding") == "chunked" && !head_request) {
    for (;;) {
      const auto line = read_until("\r\n");
      if (line.empty()) return {};
      const auto size = std::stoull(line, nullptr, 16);
      if (!fill_to(size + 2) || in_.substr(size, 2) != "\r\n") return {};
      reply.body += in_.substr(0, size);
      in_.erase(0, size + 2);
      if (size == 0) break;
    }
  }
  reply.status = status;
  return reply;
}

Reply Client::ask(std::string_view text) {
  send(text);
  return read(text.starts_with("HEAD "));
}

std::string Client::read_to_end() {
  while (fill()) {
  }
  return std::exchange(in_, {});
}

bool Client::ended() {
  char byte;
  return in_.empty() && ::recv(fd_, &byte, 1, 0) == 0;
}

void Client::stop_sending() { ::shutdown(fd_, SHUT_WR); }

void Client::vanish() {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(std::exchange(fd_, -1));
}

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(kPatience);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::string pattern(std::uint64_t offset, std::uint64_t length) {
  std::string bytes(length, '\0');
  for (std::uint64_t i = 0; i < length; ++i) bytes[i] = static_cast<char>((offset + i) % 251);
  return bytes;
}

std::shared_ptr<File> TemporaryFolder::make_file(std::uint64_t size) const {
  const auto name = path() + "/file";
  {
    constexpr std::uint64_t kPiece = 251 * 4096;
    const auto piece = pattern(0, kPiece);
    std::ofstream out(name, std::ios::binary);
    for (std::uint64_t done = 0; done < size; done += kPiece) {
      out.write(piece.data(), static_cast<std::streamsize>(std::min(kPiece, size - done)));
    }
  }
  return std::make_shared<File>(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
}

std::string request(std::string_view method, std::string_view target, std::string_view extra) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: example.test\r\n").append(extra).append("\r\n");
  return text;
}

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace wharf::http::testing
