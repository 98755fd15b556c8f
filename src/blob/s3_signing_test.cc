#include "blob/s3_signing.h"

#include <gtest/gtest.h>

/// The examples that AWS publishes. Source: "Signature Calculations for the Authorization Header" and
/// "Authenticating Requests: Using Query Parameters", Amazon S3 API reference.
namespace wharf::blob {
namespace {

const S3Credentials kWho{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
const S3Scope kScope{"us-east-1", std::chrono::sys_days{std::chrono::year(2013) / 5 / 24}};

S3Signable request() { return {.host = "examplebucket.s3.amazonaws.com", .payload_sha256 = sha256_hex("")}; }

std::string signature(const S3Signable& of, const S3Credentials& who = kWho) {
  const auto headers = sign_s3(of, who, kScope);
  const auto& text = headers.back().second;
  return text.substr(text.find("Signature=") + 10);
}

TEST(S3Signing, GetsAnObject) {
  auto get = request();
  get.path = "/test.txt";
  get.headers = {{"range", "bytes=0-9"}};
  EXPECT_EQ(sign_s3(get, kWho, kScope).back().second,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(S3Signing, PutsAnObject) {
  auto put = request();
  put.method = "PUT";
  put.path = "/" + s3_path("test$file.text");
  put.headers = {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  put.payload_sha256 = sha256_hex("Welcome to Amazon S3.");
  EXPECT_EQ(put.payload_sha256, "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
  EXPECT_EQ(signature(put), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(S3Signing, AsksForABucketsLifecycle) {
  auto get = request();
  get.query = {{"lifecycle", ""}};
  EXPECT_EQ(signature(get), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(S3Signing, ListsObjects) {
  auto get = request();
  get.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_EQ(signature(get), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(S3Signing, PresignsAnObject) {
  auto get = request();
  get.path = "/test.txt";
  EXPECT_EQ(presign_s3(get, kWho, kScope, std::chrono::seconds(86400)),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(S3Signing, SignsTheSessionTokenToo) {
  const S3Credentials session{kWho.access_key, kWho.secret_key, "a token/+="};
  const auto headers = sign_s3(request(), session, kScope);
  ASSERT_EQ(headers.size(), 4u);
  EXPECT_EQ(headers[2].first, "x-amz-security-token");
  EXPECT_NE(headers[3].second.find("x-amz-date;x-amz-security-token"), std::string::npos);
  EXPECT_NE(presign_s3(request(), session, kScope, std::chrono::seconds(60)).find("a%20token%2F%2B%3D"),
            std::string::npos);
}

TEST(S3Signing, EscapesKeysAndQueriesAsAwsDoes) {
  EXPECT_EQ(s3_path("a b/ü~!(x)/%41"), "a%20b/%C3%BC~%21%28x%29/%2541");
  EXPECT_EQ(s3_query({{"b", "2 +"}, {"a", ""}, {"B", "x/y"}}), "B=x%2Fy&a=&b=2%20%2B");
}

}  // namespace
}  // namespace wharf::blob
