#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace wharf::blob {

/// Stands before an object store and does what that one does not: answers an error now and then, changes a reply, or
/// hangs. What it lets through reaches the store as it was signed.
class S3Proxy {
 public:
  struct Request {
    std::string method, target, head, body;  ///< `head`: with its last, empty line.
    bool has(std::string_view text) const { return target.find(text) != std::string::npos; }
  };
  /// A reply instead of the store's; nothing: the store is asked.
  using Instead = std::function<std::optional<std::string>(const Request&)>;
  /// Changes the store's reply, head and body.
  using Change = std::function<void(const Request&, std::string& reply)>;

  /// `store` is HOST:PORT.
  explicit S3Proxy(std::string store);
  ~S3Proxy();
  S3Proxy(const S3Proxy&) = delete;
  S3Proxy& operator=(const S3Proxy&) = delete;

  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  void instead(Instead answer);
  void change(Change change);
  /// While it hangs it takes requests and answers none.
  void hang(bool hangs);
  /// Requests that came so far whose "METHOD TARGET" contains `text`.
  int count(std::string_view text = "") const;

  static std::string reply(int status, std::string_view body, std::string_view more_headers = "");
  /// As S3 has it.
  static std::string error(int status, std::string_view code, std::string_view more_xml = "",
                           std::string_view more_headers = "");

 private:
  void accept();
  void serve(int socket);
  std::string ask_store(const Request& request) const;

  const std::string store_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable released_;
  bool hangs_ = false, stopping_ = false;
  Instead instead_;
  Change change_;
  std::list<std::string> seen_;
  std::list<std::thread> sessions_;
  std::thread thread_;
};

}  // namespace wharf::blob
