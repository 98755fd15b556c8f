#include "blob/s3_credentials.h"

#include <gtest/gtest.h>

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
  Millis expires_in_ms = 3'600'000;
  int given = 0;

  Metadata() {
    sink.answer_with([this](const ReceivedRequest& request) {
      http::Response response;
      if (request.method == "PUT" && request.target == "/latest/api/token") {
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

TEST_F(S3Credentials_, TheMetadataServiceMayHaveNone) {
  HookSink sink;
  sink.answer({404});
  S3CredentialSource source({}, sink.url(""), "test");
  EXPECT_EQ(run_awaitable(source.get()).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace wharf::blob
