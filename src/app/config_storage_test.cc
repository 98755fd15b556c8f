#include <gtest/gtest.h>

#include <cstdlib>

#include "app/config_values.h"

namespace wharf::app::detail {
namespace {

/// The environment without AWS's variables, before and after.
class ConfigStorage : public testing::Test {
 protected:
  ConfigStorage() { clear(); }
  ~ConfigStorage() override { clear(); }
  static void clear() {
    for (const auto* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"}) {
      ::unsetenv(name);
    }
  }
  static Complaint read(const std::string& driver, const std::string& parameters, ObjectStorage& out) {
    std::vector<StorageLocation> all;
    const auto text = R"({"a": [")" + driver + R"(", )" + parameters + "]}";
    const Where where{"test", {}};
    auto wrong = StorageValue::read(boost::json::parse(text), where, all);
    if (!wrong) out = all.at(0).objects.value();
    return wrong;
  }
  static ObjectStorage s3(const std::string& more) {
    ObjectStorage out;
    const auto wrong = read("S3Storage", R"({"s3_bucket": "b", )" + more + "}", out);
    EXPECT_FALSE(wrong) << *wrong;
    return out;
  }
  static std::string refusal(const std::string& driver, const std::string& parameters) {
    ObjectStorage out;
    return read(driver, parameters, out).value_or("");
  }
};

TEST_F(ConfigStorage, HostsAreSignedAsTheyAreSent) {
  struct Row {
    const char *given, *scheme, *host;
  };
  const Row rows[] = {
      {R"("endpoint_url": "https://s3.example.com:443")", "https", "s3.example.com"},
      {R"("endpoint_url": "http://minio:80/")", "http", "minio"},
      {R"("endpoint_url": "HTTP://MinIO:9000")", "http", "minio:9000"},
      {R"("endpoint_url": "https://[2001:DB8::1]:7480")", "https", "[2001:db8::1]:7480"},
      {R"("endpoint_url": "http://127.1:80")", "http", "127.0.0.1"},
      {R"("host": "S3.Example.com", "port": 443)", "https", "s3.example.com"},
      {R"("host": "rgw:7480")", "https", "rgw:7480"},
      {R"("host": "rgw", "port": 80, "is_secure": false)", "http", "rgw"},
      {R"("host": "rgw.", "port": 7480, "is_secure": false)", "http", "rgw:7480"},
  };
  for (const auto& row : rows) {
    const auto read = s3(row.given);
    EXPECT_EQ(read.scheme, row.scheme) << row.given;
    EXPECT_EQ(read.host, row.host) << row.given;
    EXPECT_TRUE(read.path_style) << row.given;
  }
}

TEST_F(ConfigStorage, RefusesHostsThatAreNone) {
  const std::string keys = R"("bucket_name": "b", "access_key": "k", "secret_key": "secret")";
  for (const auto* driver : {"RadosGWStorage", "RHOCSStorage"}) {
    for (const auto* host : {R"("hostname": "rgw:7480", "port": 7480)", R"("hostname": "http://rgw")",
                             R"("hostname": "rgw/path")", R"("hostname": "user@rgw")", R"("hostname": "r w")"}) {
      EXPECT_NE(refusal(driver, "{" + keys + ", " + host + "}").find("hostname: expected"), std::string::npos) << host;
    }
    EXPECT_NE(refusal(driver, "{" + keys + "}").find("needs hostname"), std::string::npos);
  }
  for (const auto* url : {"https://s3.example.com/path", "ftp://s3.example.com", "s3.example.com", "https://",
                          "https://user:geheim@s3.example.com"}) {
    const auto said = refusal("S3Storage", R"({"s3_bucket": "b", "endpoint_url": ")" + std::string(url) + "\"}");
    EXPECT_NE(said.find("endpoint_url: expected"), std::string::npos) << url;
    EXPECT_EQ(said.find("geheim"), std::string::npos) << said;
  }
  for (const auto* more : {R"("s3_bucket": "b", "host": "127.0.0.1")", R"("s3_bucket": "B", "host": "s3.example.com")",
                           R"("s3_bucket": "a b", "host": "s3.example.com")"}) {
    const auto said = refusal("S3Storage", R"({"addressing_style": "virtual", )" + std::string(more) + "}");
    EXPECT_NE(said.find("addressing_style"), std::string::npos) << more;
  }
}

TEST_F(ConfigStorage, TheRegionIsTheOneGivenOrTheHostsOrTheEnvironments) {
  struct Row {
    const char *given, *region;
  };
  const Row rows[] = {
      {R"("s3_region": "eu-west-3", "host": "s3.eu-west-1.amazonaws.com")", "eu-west-3"},
      {R"("host": "s3.eu-west-1.amazonaws.com")", "eu-west-1"},
      {R"("host": "s3.dualstack.eu-west-1.amazonaws.com")", "eu-west-1"},
      {R"("host": "s3-us-west-2.amazonaws.com")", "us-west-2"},
      {R"("host": "s3-fips.us-gov-east-1.amazonaws.com")", "us-gov-east-1"},
      {R"("host": "s3-fips.dualstack.ca-central-1.amazonaws.com")", "ca-central-1"},
      {R"("host": "s3-fips-us-gov-west-1.amazonaws.com")", "us-gov-west-1"},
      {R"("host": "s3.cn-north-1.amazonaws.com.cn")", "cn-north-1"},
      {R"("host": "bucket.vpce-0a1.s3.eu-north-1.vpce.amazonaws.com")", "eu-north-1"},
      {R"("endpoint_url": "https://s3.ap-southeast-2.amazonaws.com")", "ap-southeast-2"},
      {R"("host": "s3.amazonaws.com")", "us-east-1"},
      {R"("host": "s3.eu-west-1.example.com")", "us-east-1"},
      {R"("region": "us-east-1")", "us-east-1"},
  };
  for (const auto& row : rows) EXPECT_EQ(s3(row.given).region, row.region) << row.given;
  EXPECT_TRUE(s3(R"("region": "us-east-1")").region_is_known);
  EXPECT_FALSE(s3(R"("host": "s3.amazonaws.com")").region_is_known);
  EXPECT_EQ(s3(R"("s3_region": "cn-north-1")").host, "s3.cn-north-1.amazonaws.com.cn");
  EXPECT_FALSE(s3(R"("s3_region": "cn-north-1")").path_style);
  ::setenv("AWS_DEFAULT_REGION", "eu-south-1", 1);
  EXPECT_EQ(s3(R"("storage_path": "x")").region, "eu-south-1");
  ::setenv("AWS_REGION", "eu-south-2", 1);
  const auto from_environment = s3(R"("storage_path": "x")");
  EXPECT_EQ(from_environment.region, "eu-south-2");
  EXPECT_EQ(from_environment.host, "s3.eu-south-2.amazonaws.com");
  EXPECT_EQ(s3(R"("host": "s3.eu-west-1.amazonaws.com")").region, "eu-west-1");
  EXPECT_EQ(s3(R"("s3_region": "eu-west-3")").region, "eu-west-3");
}

TEST_F(ConfigStorage, KeysOfAGatewayMayComeFromTheEnvironment) {
  const std::string gateway = R"({"hostname": "rgw", "bucket_name": "b")";
  for (const auto* driver : {"RadosGWStorage", "RHOCSStorage"}) {
    ObjectStorage out;
    EXPECT_NE(refusal(driver, gateway + "}").find("needs access_key and secret_key, or AWS_ACCESS_KEY_ID"),
              std::string::npos);
    ::setenv("AWS_ACCESS_KEY_ID", "key", 1);
    EXPECT_NE(refusal(driver, gateway + "}"), "") << "no secret";
    ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    EXPECT_FALSE(read(driver, gateway + "}", out));
    EXPECT_EQ(out.access_key, "") << "it is looked for at each start";
    EXPECT_NE(refusal(driver, gateway + R"(, "access_key": "k"})").find("go together"), std::string::npos);
    EXPECT_FALSE(
        read(driver, gateway + R"(, "access_key": "k", "secret_key": "s", "server_side_assembly": true})", out));
    EXPECT_EQ(out.secret_key, "s");
    EXPECT_EQ(out.driver, driver);
    clear();
  }
}

}  // namespace
}  // namespace wharf::app::detail
