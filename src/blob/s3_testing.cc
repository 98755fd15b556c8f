#include "blob/s3_testing.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "base/random.h"
#include "http/message.h"

namespace wharf::blob {
namespace {

/// The harness, until this process ends: it stops when its standard input does.
class Ceph {
 public:
  Ceph() {
    // popen gives one direction only; the shell keeps the harness's standard input open as long as we live.
    const auto pid = std::to_string(::getpid());
    const auto command = "tail -f /dev/null --pid=" + pid +
                         " | exec /usr/bin/python3 " WHARF_SOURCE_DIR "/tests/harness/ceph.py --serve";
    pipe_ = ::popen(command.c_str(), "r");
    char line[512];
    if (pipe_ == nullptr || std::fgets(line, sizeof line, pipe_) == nullptr) {
      throw std::runtime_error("Ceph does not start: see tests/harness/ceph.py");
    }
    address_ = line;
    while (!address_.empty() && address_.back() == '\n') address_.pop_back();
  }
  const std::string& address() const { return address_; }

 private:
  std::FILE* pipe_ = nullptr;
  std::string address_;
};

const std::string& address() {
  static const std::string found = [] {
    const char* given = std::getenv("WHARF_TEST_S3");
    if (given != nullptr) return std::string(given);
    static const auto& ceph = *new Ceph;
    return ceph.address();
  }();
  return found;
}

}  // namespace

S3Options test_s3() {
  // http://KEY:SECRET@HOST:PORT/BUCKET; Swift's keys have colons, which are %3A here.
  const auto& all = address();
  const auto key = all.find("://") + 3;
  const auto secret = all.find(':', key) + 1;
  const auto host = all.find('@', secret) + 1;
  const auto bucket = all.find('/', host) + 1;
  S3Options options;
  options.scheme = all.substr(0, key - 3);
  options.host = all.substr(host, bucket - 1 - host);
  options.bucket = all.substr(bucket);
  options.prefix = "test-" + random_uuid();
  options.credentials = {
      http::percent_decode(all.substr(key, secret - 1 - key)).value(), all.substr(secret, host - 1 - secret), {}};
  return options;
}

}  // namespace wharf::blob
