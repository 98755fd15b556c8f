#include "http/tls.h"

#include <gmock/gmock.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "http/test_server.h"

namespace wharf::http {
namespace {

using testing::Client;
using ::testing::HasSubstr;
using testing::pattern;
using testing::request;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::TestServer;

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A TLS client on a socket of `Client`, which trusts one certificate.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const TlsFiles& trusted, const std::string& host)
      : socket_(port), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_load_verify_file(context_, trusted.certificate_chain.c_str());
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_.fd());
    SSL_set_tlsext_host_name(ssl_, host.c_str());
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str()) != 1) SSL_set1_host(ssl_, host.c_str());
    ERR_clear_error();
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  void offer(std::string_view protocols) {
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  }
  void at_most(int version) {
    SSL_set_security_level(ssl_, 0);
    SSL_set_max_proto_version(ssl_, version);
  }
  bool shake_hands() { return SSL_connect(ssl_) == 1; }
  std::string version() const { return SSL_get_version(ssl_); }
  std::string protocol() const {
    const unsigned char* data = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &data, &size);
    return {reinterpret_cast<const char*>(data), size};
  }
  void send(std::string_view bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const int count =
          SSL_write(ssl_, bytes.data() + sent, static_cast<int>(std::min<std::size_t>(bytes.size() - sent, 1 << 20)));
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }
  /// The head of the next reply and `body_bytes` of its body; what came when the connection ends before.
  std::string read(std::size_t body_bytes) {
    std::string in;
    std::vector<char> buffer(65536);
    for (;;) {
      const auto head = in.find("\r\n\r\n");
      if (head != std::string::npos && in.size() >= head + 4 + body_bytes) return in;
      const int count = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
      if (count <= 0) return in;
      in.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  /// Whether the server said goodbye in TLS, not just by closing.
  bool ended_properly() {
    char byte;
    const int count = SSL_read(ssl_, &byte, 1);
    return SSL_get_error(ssl_, count) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  Client socket_;
  SSL_CTX* context_;
  SSL* ssl_;
};

class Tls : public ::testing::Test {
 protected:
  Tls() {
    ServerOptions options;
    options.tls = files_;
    server_.emplace(std::move(options));
  }
  TemporaryFolder folder_;
  TlsFiles files_ = make_self_signed(folder_.path(), "registry.test").value();
  std::optional<TestServer> server_;
};

TEST_F(Tls, ServesEachNameOfTheCertificate) {
  for (const auto* host : {"registry.test", "localhost", "127.0.0.1", "::1"}) {
    TlsClient client(server_->port(), files_, host);
    ASSERT_TRUE(client.shake_hands()) << host;
    for (int i = 0; i < 3; ++i) {
      client.send(request("GET", "/head"));
      EXPECT_THAT(client.read(100), HasSubstr("secure yes"));
    }
  }
  TlsClient stranger(server_->port(), files_, "other.test");
  EXPECT_FALSE(stranger.shake_hands());
}

TEST_F(Tls, SpeaksHttp11Alone) {
  TlsClient both(server_->port(), files_, "localhost");
  both.offer(std::string_view("\x02h2\x08http/1.1"));
  ASSERT_TRUE(both.shake_hands());
  EXPECT_EQ(both.protocol(), "http/1.1");
  TlsClient second(server_->port(), files_, "localhost");
  second.offer(std::string_view("\x02h2"));
  EXPECT_FALSE(second.shake_hands());
}

TEST_F(Tls, IsVersion12OrLater) {
  TlsClient newest(server_->port(), files_, "localhost");
  ASSERT_TRUE(newest.shake_hands());
  EXPECT_EQ(newest.version(), "TLSv1.3");
  TlsClient older(server_->port(), files_, "localhost");
  older.at_most(TLS1_2_VERSION);
  ASSERT_TRUE(older.shake_hands());
  EXPECT_EQ(older.version(), "TLSv1.2");
  TlsClient old(server_->port(), files_, "localhost");
  old.at_most(TLS1_1_VERSION);
  EXPECT_FALSE(old.shake_hands());
}

TEST_F(Tls, CarriesLargeBodies) {
  constexpr std::size_t kSize = 3'000'000;
  server_->file = folder_.make_file(5'000'000);
  TlsClient client(server_->port(), files_, "localhost");
  ASSERT_TRUE(client.shake_hands());
  client.send(request("GET", "/file?offset=1000&length=3000000"));
  const auto reply = client.read(kSize);
  EXPECT_EQ(reply.substr(reply.find("\r\n\r\n") + 4), pattern(1000, kSize));
  client.send(request("PUT", "/count", "Expect: 100-continue\r\nContent-Length: 3000000\r\n"));
  EXPECT_EQ(client.read(0), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(pattern(0, kSize));
  EXPECT_THAT(client.read(7), HasSubstr("\r\n\r\n3000000"));
  client.send(request("PUT", "/echo", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n");
  EXPECT_THAT(client.read(3), HasSubstr("\r\n\r\nabc"));
  client.send(request("GET", "/big", "Connection: close\r\n"));
  const auto big = client.read(1 << 20);
  EXPECT_EQ(big.substr(big.find("\r\n\r\n") + 4), pattern(0, 1 << 20));
  EXPECT_TRUE(client.ended_properly());
}

TEST_F(Tls, RefusesBadRequestsReadably) {
  TlsClient client(server_->port(), files_, "localhost");
  ASSERT_TRUE(client.shake_hands());
  client.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(client.read(10), StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(client.ended_properly());
  TlsClient early(server_->port(), files_, "localhost");
  ASSERT_TRUE(early.shake_hands());
  early.send(request("PUT", "/ignore", "Content-Length: 1000000000\r\n") + std::string(100'000, 'x'));
  EXPECT_THAT(early.read(5), StartsWith("HTTP/1.1 401 "));
}

TEST_F(Tls, ClosesPlainHttp) {
  Client client(server_->port());
  client.send(request("GET", "/hello"));
  EXPECT_THAT(client.read_to_end(), ::testing::Not(HasSubstr("hello")));
  EXPECT_TRUE(testing::eventually([&] { return server_->counters().open_connections == 0; }));
}

TEST(SelfSigned, IsKeptWhileItIsGood) {
  TemporaryFolder folder;
  const auto first = make_self_signed(folder.path() + "/keys", "a.test").value();
  const auto certificate = read_file(first.certificate_chain);
  struct stat info{};
  ASSERT_EQ(::stat(first.private_key.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_TRUE(make_self_signed(folder.path() + "/keys", "a.test"));
  EXPECT_TRUE(make_self_signed(folder.path() + "/keys", "localhost"));
  EXPECT_EQ(read_file(first.certificate_chain), certificate);
  EXPECT_TRUE(make_self_signed(folder.path() + "/keys", "b.test"));
  EXPECT_NE(read_file(first.certificate_chain), certificate);
  const auto second = read_file(first.certificate_chain);
  std::ofstream(first.private_key) << "damaged";
  EXPECT_TRUE(make_self_signed(folder.path() + "/keys", "b.test"));
  EXPECT_NE(read_file(first.certificate_chain), second);
}

TEST(SelfSigned, TakesAddressesAndLongNamesButNoLists) {
  TemporaryFolder folder;
  const std::string name = std::string(60, 'a') + "." + std::string(60, 'b') + ".test";
  for (const auto& host : {std::string("192.0.2.7"), std::string("2001:db8::1"), name}) {
    EXPECT_TRUE(make_self_signed(folder.path(), host)) << host;
  }
  for (const auto& host : {std::string("a,DNS:b"), std::string(), std::string("a b"), std::string("*")}) {
    EXPECT_FALSE(make_self_signed(folder.path(), host)) << host;
  }
  EXPECT_FALSE(make_self_signed("/proc/nowhere", "a.test"));
}

TEST(SelfSigned, MakesAnEllipticCertificateOf825Days) {
  TemporaryFolder folder;
  const auto files = make_self_signed(folder.path(), "a.test").value();
  const auto text = read_file(files.certificate_chain);
  BIO* in = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
  X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  ASSERT_NE(certificate, nullptr);
  int days = 0;
  int seconds = 0;
  ASSERT_EQ(ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)), 1);
  EXPECT_GE(days, 824);
  EXPECT_LE(days, 825);
  EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(certificate)), 256);
  X509_free(certificate);
  BIO_free(in);
}

TEST(TlsServer, IsNotMadeWithoutAPair) {
  TemporaryFolder folder;
  const auto a = make_self_signed(folder.path() + "/a", "a.test").value();
  const auto b = make_self_signed(folder.path() + "/b", "b.test").value();
  const TlsFiles rows[] = {
      {"/nowhere", a.private_key}, {a.certificate_chain, "/nowhere"}, {a.certificate_chain, b.private_key}};
  for (const auto& files : rows) {
    ServerOptions options;
    options.port = 0;
    options.tls = files;
    const auto server =
        Server::create(std::move(options), [](Request&) -> awaitable<Response> { co_return Response{}; });
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, Errc::invalid_request);
    EXPECT_THAT(server.error().message, HasSubstr("TLS"));
  }
}

}  // namespace
}  // namespace wharf::http
