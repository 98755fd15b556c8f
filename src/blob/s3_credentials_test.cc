#include "blob/s3_credentials.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>

#include "base/clock.h"
#include "base/testing.h"
#include "net/testing.h"

namespace wharf::blob {
namespace {

using net::testing::HookSink;
using net::testing::ReceivedRequest;

S3Credentials get(S3CredentialSource& source) { return run_awaitable(source.get()).value(); }

/// The environment without AWS's variables, as it was before once it goes.
class S3Credentials_ : public testing::Test {
 protected:
  S3Credentials_() {
    for (const auto* name : kNames) ::unsetenv(name);
  }
  ~S3Credentials_() override {
    for (const auto* name : kNames) ::unsetenv(name);
  }
  static constexpr const char* kNames[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"};
};

TEST_F(S3Credentials_, TheConfigurationComesFirst) {
  ::setenv("AWS_ACCESS_KEY_ID", "other", 1);
  S3CredentialSource source({"key", "secret", ""}, "http://127.0.0.1:1", "test");
  EXPECT_EQ(get(source).access_key, "key");
  source.forget();
  EXPECT_EQ(get(source).secret_key, "secret");
}

TEST_F(S3Credentials_, TheEnvironmentIsNext) {
  ::setenv("AWS_ACCESS_KEY_ID", "key", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
  ::setenv("AWS_SESSION_TOKEN", "token", 1);
  S3CredentialSource source({}, "http://127.0.0.1:1", "test");
  EXPECT_EQ(get(source).secret_key, "secret");
  EXPECT_EQ(get(source).session_token, "token");
}

/// The metadata service of an instance, in its second version.
struct Metadata {
  HookSink sink;
  std::atomic<Millis> expires_in_ms = 3'600'000;
  std::atomic<int> given = 0;
  std::atomic<bool> fails = false;

  Metadata() {
    sink.answer_with([this](const ReceivedRequest& request) {
      http::Response response;
      if (fails) {
        response.status = 500;
      } else if (request.method == "PUT" && request.target == "/latest/api/token") {
        response.body = std::string("proof");
      } else if (request.header("X-aws-ec2-metadata-token") != "proof") {
        response.status = 401;
      } else if (request.target.ends_with("/security-credentials/")) {
        response.body = std::string("a-role\n");
      } else if (request.target.ends_with("/security-credentials/a-role")) {
        response.body = R"({"Code": "Success", "AccessKeyId": "key)" + std::to_string(++given) +
                        R"(", "SecretAccessKey": "secret", "Token": "token", "Expiration": ")" +
                        rfc3339(now_ms() + expires_in_ms) + "\"}";
      } else {
        response.status = 404;
      }
      return response;
    });
  }
  std::string url() const { return sink.url(""); }
};

TEST_F(S3Credentials_, AnInstancesRoleIsAskedForOnce) {
  Metadata metadata;
  S3CredentialSource source({}, metadata.url(), "test");
  EXPECT_EQ(get(source).access_key, "key1");
  EXPECT_EQ(get(source).session_token, "token");
  EXPECT_EQ(metadata.sink.requests().size(), 3u);
  source.forget();
  EXPECT_EQ(get(source).access_key, "key2");
}

TEST_F(S3Credentials_, AreRenewedBeforeTheyExpireAndKeptWhileThatFails) {
  Metadata metadata;
  S3CredentialSource source({}, metadata.url(), "test", std::chrono::seconds(600), std::chrono::seconds(0));
  metadata.expires_in_ms = 14 * 60'000;  // Ten minutes for a link, and five more.
  EXPECT_EQ(get(source).access_key, "key1");
  EXPECT_EQ(source.lifetime().count(), 600);
  metadata.expires_in_ms = 4 * 60'000;
  EXPECT_EQ(get(source).access_key, "key2");
  EXPECT_LE(source.lifetime().count(), 240);
  EXPECT_GT(source.lifetime().count(), 180);
  metadata.fails = true;
  EXPECT_EQ(get(source).access_key, "key2");
  EXPECT_EQ(get(source).access_key, "key2");
  metadata.fails = false;
  metadata.expires_in_ms = 3'600'000;
  EXPECT_EQ(get(source).access_key, "key3");
  const auto asked = metadata.sink.requests().size();
  EXPECT_EQ(get(source).access_key, "key3");
  EXPECT_EQ(metadata.sink.requests().size(), asked);
  source.forget();
  metadata.fails = true;
  EXPECT_EQ(run_awaitable(source.get()).error().code, Errc::unavailable) << "those that were refused are no good";
}

TEST_F(S3Credentials_, AreAskedForByOneOfManyAtOnce) {
  Metadata metadata;
  S3CredentialSource source({}, metadata.url(), "test");
  boost::asio::io_context loop(1);
  int got = 0;
  auto take = [](S3CredentialSource* from, int* count) -> awaitable<void> {
    auto who = co_await from->get();
    if (who && who->access_key == "key1") ++*count;
  };
  auto check = [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); };
  for (int i = 0; i < 50; ++i) boost::asio::co_spawn(loop, take(&source, &got), check);
  loop.run();
  EXPECT_EQ(got, 50);
  EXPECT_EQ(metadata.sink.requests().size(), 3u);
}

TEST_F(S3Credentials_, TheMetadataServiceMayHaveNone) {
  HookSink sink;
  sink.answer({404});
  S3CredentialSource source({}, sink.url(""), "test");
  EXPECT_EQ(run_awaitable(source.get()).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace wharf::blob
