#include "blob/s3_client.h"

#include <gtest/gtest.h>

#include "base/testing.h"
#include "blob/s3_state.h"
#include "blob/s3_testing.h"
#include "blob/s3_xml.h"
#include "blob/testing.h"

namespace wharf::blob {
namespace {

TEST(S3Xml, FindsTextAndLists) {
  const std::string xml = R"(<R xmlns="x"><Name>n</Name><Contents><Key>a&amp;&lt;&#x22;</Key></Contents>)"
                          R"(<ContentsToo>no</ContentsToo><Contents/><Contents><Key>b</Key></Contents></R>)";
  EXPECT_EQ(xml_text(xml, "Name"), "n");
  EXPECT_EQ(xml_text(xml, "Missing"), "");
  const auto found = xml_elements(xml, "Contents");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(xml_text(found[0], "Key"), "a&<\"");
  EXPECT_EQ(xml_text(found[2], "Key"), "b");
  EXPECT_EQ(xml_escape("<&\">"), "&lt;&amp;&quot;&gt;");
  for (const auto* broken : {"<Key>", "<Key", "<Key>a", "</Key>", "&", "<Key>&</Key>"}) (void)xml_text(broken, "Key");
}

TEST(S3UploadState, ComesBackFromItsText) {
  S3UploadState state{.key = "content/id/a",
                      .parts_id = "2~x",
                      .etags = {"1f", "2e"},
                      .tail = "content/id/b",
                      .tail_bytes = 12,
                      .tail_etag = "3d",
                      .old_tail = "content/id/c"};
  const auto back = S3UploadState::parse(state.text()).value();
  EXPECT_EQ(back.text(), state.text());
  EXPECT_EQ(back.etags, state.etags);
  EXPECT_EQ(back.tail_bytes, 12u);
  EXPECT_EQ(S3UploadState::parse(S3UploadState().text()).value().text(), S3UploadState().text());
  EXPECT_EQ(S3UploadState::parse("rubbish").error().code, Errc::upload_invalid);
}

TEST(S3Parts, TenThousandHoldMoreThanFourHundredGibibytes) {
  const S3Options options;
  std::uint64_t all = 0;
  for (std::size_t i = 1; i <= 10'000; ++i) {
    all += s3_part_bytes(options, i);
    if (all < (std::uint64_t{15} << 30)) ASSERT_EQ(s3_part_bytes(options, i), options.least_part_bytes);
  }
  EXPECT_GT(all, std::uint64_t{400} << 30);
  EXPECT_EQ(s3_etag_of_parts({"d41d8cd98f00b204e9800998ecf8427e"}), "59adb24ef3cdbe0297f05b395827453f-1");
}

class S3ClientAtAStore : public testing::Test {
 protected:
  S3Options options = test_s3();
  metrics::Registry metrics;

  Result<net::HttpReply> send(S3Options with, S3Request request) {
    S3Client client(std::move(with));
    client.count_in(metrics);
    return run_awaitable(client.send(std::move(request)));
  }
  static S3Request put(std::string key, std::string body) {
    S3Request request{.call = S3Call::put, .method = "PUT", .key = std::move(key)};
    request.body = s3_body(std::move(body));
    return request;
  }
};

TEST_F(S3ClientAtAStore, KeysMayHaveAnyCharacters) {
  for (const auto* key : {"sha256:abc", "a b+c", "ü~!(x)", "%41", "a/b//c"}) {
    ASSERT_EQ(send(options, put(key, key)).value().status, 200) << key;
    EXPECT_EQ(send(options, {.key = key}).value().body, key);
  }
  S3Client client(options);
  EXPECT_EQ(run_awaitable(client.list("", "", 100)).value().objects.size(), 5u);
  EXPECT_EQ(run_awaitable(client.list("a", "", 1)).value().objects.size(), 1u);
  EXPECT_TRUE(run_awaitable(client.remove({"a b+c", "%41", "missing"})).value().empty());
  EXPECT_EQ(run_awaitable(client.list("", "", 100)).value().objects.size(), 3u);
}

TEST_F(S3ClientAtAStore, TheBucketMayBePartOfTheHost) {
  ASSERT_EQ(send(options, put("a b", "hello")).value().status, 200);
  // curl takes every name below localhost for this machine.
  options.path_style = false;
  options.host = "s3.localhost" + options.host.substr(options.host.find(':'));
  EXPECT_EQ(send(options, {.key = "a b"}).value().body, "hello");
  S3Client client(options);
  EXPECT_EQ(run_awaitable(client.list("", "", 10)).value().objects.size(), 1u);
}

TEST_F(S3ClientAtAStore, ABodyThatIsNotTheSignedOneIsRefused) {
  auto request = put("x", "hello");
  request.body_sha256 = sha256_hex("other");
  EXPECT_EQ(send(options, std::move(request)).value().status, 400);
  EXPECT_EQ(send(options, {.key = "x"}).value().status, 404);
}

TEST_F(S3ClientAtAStore, ABadSecretIsRefusedAtOnce) {
  options.credentials.secret_key = "wrong";
  EXPECT_EQ(send(options, {.key = "x"}).value().status, 403);
}

TEST_F(S3ClientAtAStore, AStoreThatIsNotThereIsUnavailableAfterAFewTries) {
  options.host = "127.0.0.1:1";
  const auto reply = send(options, {.key = "x"});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Errc::unavailable);
  EXPECT_EQ(reply.error().message.find("127.0.0.1"), std::string::npos);
  EXPECT_GT(metrics.counter("wharf_s3_retries_total", "").value(), 2u);
}

TEST_F(S3ClientAtAStore, CountsItsRequests) {
  ASSERT_TRUE(send(options, put("x", "hello")));
  ASSERT_TRUE(send(options, {.key = "x"}));
  const auto text = metrics.text();
  EXPECT_NE(text.find("wharf_s3_requests_total{call=\"put\"} 1"), std::string::npos) << text;
  EXPECT_NE(text.find("wharf_s3_requests_total{call=\"get\"} 1"), std::string::npos);
}

TEST_F(S3ClientAtAStore, ALinkIsReadByAnybody) {
  ASSERT_TRUE(send(options, put("a b", "hello")));
  S3Client client(options);
  const auto link = run_awaitable(client.link("a b")).value();
  net::HttpClient anybody({});
  net::HttpRequest get;
  get.url = link;
  EXPECT_EQ(run_awaitable(anybody.fetch(get)).value().body, "hello");
  get.headers = {{"Range", "bytes=1-2"}};
  EXPECT_EQ(run_awaitable(anybody.fetch(get)).value().body, "el");
  get.url.back() = get.url.back() == '0' ? '1' : '0';
  EXPECT_EQ(run_awaitable(anybody.fetch(get)).value().status, 403);
}

}  // namespace
}  // namespace wharf::blob
