#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "blob/s3_proxy_testing.h"
#include "blob/s3_state.h"
#include "blob/s3_testing.h"
#include "blob/sha512.h"
#include "blob/testing.h"

/// What an object store may answer, and the one that the tests have does not.
namespace wharf::blob {
namespace {

constexpr std::size_t kMebibyte = 1024 * 1024;

class S3Faults : public testing::Test {
 protected:
  S3Options options = test_s3();
  S3Proxy proxy{options.host};
  boost::asio::thread_pool pool{2};
  metrics::Registry metrics;
  std::unique_ptr<BlobStore> made;

  S3Faults() { options.host = proxy.host(); }
  ~S3Faults() override { pool.join(); }

  /// Made at the first call, so that a test may change the options.
  BlobStore& store() {
    if (!made) {
      made = make_s3_blob_store(options, pool);
      made->count_in(metrics);
    }
    return *made;
  }
  std::uint64_t retries() { return metrics.counter("wharf_s3_retries_total", "").value(); }

  UploadState begin() { return run_awaitable(store().begin()).value(); }
  Result<UploadState> append(const UploadState& state, std::string_view more) {
    return run_awaitable(blob::append(&store(), state, more));
  }
  Result<Digest> finish(const UploadState& state) { return run_awaitable(store().finish(state)); }
  Result<std::string> read(const UploadState& state, std::uint64_t size) {
    BlobRef blob(Digest::of(""), store().place_of(state));
    auto body = run_awaitable(store().open(blob, 0, size));
    if (!body) return body.error();
    return bytes_of(*body);
  }
  /// The next request with `text` in its method and target gets `reply`, `times` times.
  void once(std::string text, std::string reply, int times = 1) {
    auto left = std::make_shared<std::atomic<int>>(times);
    proxy.instead([text, reply, left](const S3Proxy::Request& request) -> std::optional<std::string> {
      const bool is_it = (request.method + ' ' + request.target).find(text) != std::string::npos;
      if (!is_it || left->fetch_sub(1) <= 0) return std::nullopt;
      return reply;
    });
  }
  /// The next request with `text` in its method and target is told this, though the store does what it asks.
  void hide(std::string text, std::string reply) {
    auto left = std::make_shared<std::atomic<int>>(1);
    proxy.change([text, reply, left](const S3Proxy::Request& request, std::string& said) {
      const bool is_it = (request.method + ' ' + request.target).find(text) != std::string::npos;
      if (is_it && left->fetch_sub(1) > 0) said = reply;
    });
  }
  /// Parts and a tail.
  UploadState large(std::uint64_t seed = 1) {
    bytes = noise(9 * kMebibyte, seed);
    return append(begin(), bytes).value();
  }
  std::string bytes;
};

TEST_F(S3Faults, AnErrorIsReadHoweverSmallWhatIsAskedFor) {
  const auto state = append(begin(), "abc").value();
  once("GET ", S3Proxy::error(403, "AccessDenied", std::string(2000, ' ')), 100);
  const auto refused = append(state, "def");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_NE(refused.error().detail.find("403 AccessDenied"), std::string::npos) << refused.error().detail;
  EXPECT_EQ(proxy.count("GET "), 1) << "a refusal is no reason to ask again";
  once("GET ", S3Proxy::error(404, "NoSuchKey"), 100);
  EXPECT_EQ(append(state, "def").error().code, Errc::upload_unknown);
  once("GET ", S3Proxy::error(503, "SlowDown"), 2);
  EXPECT_EQ(append(state, "def").value().size_bytes, 6u);
}

TEST_F(S3Faults, ARequestThatTimedOutIsRepeated) {
  once("PUT ", S3Proxy::error(400, "RequestTimeout"), 2);
  const auto state = append(begin(), "abc").value();
  EXPECT_EQ(retries(), 2u);
  EXPECT_EQ(finish(state).value(), Digest::of("abc"));
}

TEST_F(S3Faults, AnErrorInTheBodyOfASuccessIsAnError) {
  const auto state = large();
  // The head was sent before the work failed, after spaces that keep the connection alive.
  once("POST ", S3Proxy::reply(200, "<?xml version=\"1.0\"?>\n   <Error><Code>InternalError</Code></Error>"), 2);
  EXPECT_EQ(finish(state).value(), Digest::of(bytes));
  EXPECT_EQ(retries(), 2u);
  EXPECT_EQ(read(state, bytes.size()).value(), bytes);
}

TEST_F(S3Faults, AnEndThatWasReachedIsKnownWhateverWasSaidOfIt) {
  for (const auto& said :
       {S3Proxy::error(500, "InternalError"), S3Proxy::reply(200, ""), S3Proxy::reply(200, "<html/>"),
        S3Proxy::reply(200, "<Error><Code>SlowDown</Code></Error>")}) {
    const auto state = large();
    hide("POST ", said);
    const auto ended = finish(state);
    proxy.change({});
    EXPECT_EQ(ended.value(), Digest::of(bytes)) << said;
    EXPECT_EQ(read(state, bytes.size()).value(), bytes);
  }
}

TEST_F(S3Faults, AnUploadOutlivesAnEndThatTheStoreRefuses) {
  const auto state = large();
  for (const auto& said : {S3Proxy::error(400, "MalformedXML"), S3Proxy::error(400, "KMS.DisabledException"),
                           S3Proxy::error(403, "AccessDenied"), S3Proxy::reply(200, "<html/>")}) {
    once("POST ", said, 100);
    const auto refused = finish(state);
    ASSERT_FALSE(refused) << said;
    EXPECT_EQ(refused.error().code, Errc::unavailable) << said;
  }
  proxy.instead({});
  EXPECT_EQ(finish(state).value(), Digest::of(bytes));
}

TEST_F(S3Faults, APullIsTriedAgainLikeAnyRequest) {
  const auto state = append(begin(), "abc").value();
  ASSERT_TRUE(finish(state));
  for (const auto& said : {S3Proxy::error(400, "ExpiredToken"), S3Proxy::error(400, "RequestTimeout"),
                           S3Proxy::error(503, "SlowDown", "", "Retry-After: 1\r\n")}) {
    once("GET ", said);
    EXPECT_EQ(read(state, 3).value(), "abc") << said;
  }
  once("GET ", S3Proxy::error(403, "AccessDenied"), 100);
  const auto refused = read(state, 3);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("AccessDenied"), std::string::npos);
}

/// A store whose ETags are no MD5, as with keys of a KMS.
void spoil_etag(const S3Proxy::Request& request, std::string& said) {
  const auto at = said.find("ETag: \"");
  if (request.method == "HEAD" && at != std::string::npos) said.replace(at + 7, 4, "0000");
}

TEST_F(S3Faults, AnEndIsKnownByTheBytesWhereETagsDoNotTell) {
  const auto start = begin();
  const auto first = noise(9 * kMebibyte, 1);
  const auto front = append(start, first).value();
  const auto state = append(front, "good").value();
  const auto other = append(front, "evil").value();
  proxy.change(spoil_etag);
  EXPECT_EQ(finish(state).value(), Digest::of(first + "good"));
  EXPECT_EQ(finish(state).value(), Digest::of(first + "good"));
  const auto spoilt = finish(other);
  ASSERT_FALSE(spoilt) << "of the same size, and other bytes";
  EXPECT_EQ(spoilt.error().code, Errc::upload_unknown);
}

// Swift would take all of it, and make one of the two what the other was.
TEST_F(S3Faults, WhatWasEndedIsNotTouchedByWhoComesLate) {
  const auto first = noise(9 * kMebibyte, 1);
  const auto front = append(begin(), first).value();
  const auto state = append(front, "good").value();
  const auto other = append(front, "evil").value();
  ASSERT_TRUE(finish(state));
  const auto spoilt = finish(other);
  ASSERT_FALSE(spoilt);
  EXPECT_EQ(spoilt.error().code, Errc::upload_unknown);
  const auto late = append(front, noise(9 * kMebibyte, 2));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::upload_unknown);
  EXPECT_EQ(read(state, first.size() + 4).value(), first + "good");
  EXPECT_EQ(finish(state).value(), Digest::of(first + "good"));
}

TEST_F(S3Faults, Sha512OfSeveralPartsAndATail) {
  for (const bool md5 : {true, false}) {
    const auto state = append(large(), "tail").value();
    if (!md5) proxy.change(spoil_etag);
    EXPECT_EQ(run_awaitable(store().sha512(state)).value(), Digest::of(bytes + "tail", "sha512"));
    EXPECT_EQ(finish(state).value(), Digest::of(bytes + "tail")) << "the service asks again";
  }
}

TEST_F(S3Faults, APageWithoutObjectsIsNotTheLastOne) {
  ASSERT_TRUE(finish(append(begin(), "one").value()));
  ASSERT_TRUE(finish(append(begin(), "two").value()));
  const auto all = run_awaitable(store().list("", 10)).value();
  ASSERT_EQ(all.size(), 2u);
  std::atomic<int> pages{0};
  const std::string base = options.prefix + '/';
  proxy.instead([&](const S3Proxy::Request& request) -> std::optional<std::string> {
    if (!request.has("list-type") || !request.has("content")) return std::nullopt;
    const int page = pages++;
    EXPECT_EQ(request.has("continuation-token=more" + std::to_string(page)), page > 0) << request.target;
    std::string body = "<ListBucketResult>";
    if (page > 0 && page < 3) {
      body += "<Contents><Key>" + base + all[static_cast<std::size_t>(page) - 1].name() + "</Key></Contents>";
    }
    if (page < 3) {
      body += "<IsTruncated>true</IsTruncated><NextContinuationToken>more" + std::to_string(page + 1) +
              "</NextContinuationToken>";
    }
    return S3Proxy::reply(200, body + "</ListBucketResult>");
  });
  EXPECT_EQ(run_awaitable(store().list("", 10)).value().size(), 2u);
  EXPECT_EQ(pages, 4);
}

TEST_F(S3Faults, AListingThatDoesNotMoveIsAnError) {
  proxy.instead([](const S3Proxy::Request& request) -> std::optional<std::string> {
    if (request.has("uploads")) {
      return S3Proxy::reply(200,
                            "<L><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>"
                            "<NextUploadIdMarker>b</NextUploadIdMarker></L>");
    }
    return S3Proxy::reply(200,
                          "<L><IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken></L>");
  });
  EXPECT_EQ(run_awaitable(store().list("", 10)).error().code, Errc::unavailable);
  EXPECT_EQ(run_awaitable(store().uploads_older_than(now_ms())).error().code, Errc::unavailable);
}

TEST_F(S3Faults, ADeletionOfManyThatFailsAsAWholeDeletesNone) {
  once("POST ", S3Proxy::reply(200, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"), 100);
  std::vector<BlobRef> blobs{BlobRef(Digest::of("a")), BlobRef(Digest::of("b"))};
  const auto gone = run_awaitable(store().remove_all(blobs));
  ASSERT_EQ(gone.size(), 2u);
  for (const auto& one : gone) EXPECT_FALSE(one);
}

TEST_F(S3Faults, TheRegionIsLearntFromTheStore) {
  proxy.instead([](const S3Proxy::Request& request) -> std::optional<std::string> {
    if (request.head.find("/eu-central-1/s3/") != std::string::npos) {
      return S3Proxy::reply(request.method == "HEAD" ? 404 : 200, "", "ETag: \"x\"\r\n");
    }
    if (request.method == "HEAD") return S3Proxy::reply(400, "", "x-amz-bucket-region: eu-central-1\r\n");
    return S3Proxy::error(400, "AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>");
  });
  const auto missing = run_awaitable(store().stat(BlobRef(Digest::of("a"))));
  EXPECT_FALSE(missing.value());
  const auto state = append(begin(), "abc").value();
  EXPECT_EQ(proxy.count("PUT "), 1) << "it is remembered";
  const auto link = run_awaitable(store().link(BlobRef(Digest::of("abc"), store().place_of(state)))).value();
  EXPECT_NE(link->find("%2Feu-central-1%2Fs3%2F"), std::string::npos) << *link;
  proxy.instead([](const S3Proxy::Request&) -> std::optional<std::string> {
    return S3Proxy::error(301, "PermanentRedirect", "", "x-amz-bucket-region: elsewhere-1\r\n");
  });
  EXPECT_EQ(append(state, "more").error().code, Errc::unavailable) << "once, and not for ever";
}

TEST_F(S3Faults, TheRegionOfTheFirstLinkIsAskedForWhereNothingNamesIt) {
  options.region_is_known = false;
  proxy.instead([](const S3Proxy::Request& request) -> std::optional<std::string> {
    const bool right = request.head.find("/eu-central-1/s3/") != std::string::npos;
    return S3Proxy::reply(right ? 200 : 400, "", "x-amz-bucket-region: eu-central-1\r\n");
  });
  for (int i = 0; i < 3; ++i) {
    const auto link = run_awaitable(store().link(BlobRef(Digest::of("abc")))).value();
    EXPECT_NE(link->find("%2Feu-central-1%2Fs3%2F"), std::string::npos) << *link;
  }
  EXPECT_EQ(proxy.count("HEAD "), 2) << "once, and again where it is";
}

TEST_F(S3Faults, AStoreThatTakesFewPartsMakesALargeBlobTooLarge) {
  proxy.instead([](const S3Proxy::Request& request) -> std::optional<std::string> {
    if (!request.has("partNumber=3&")) return std::nullopt;
    return S3Proxy::error(400, "InvalidArgument", "<ArgumentName>partNumber</ArgumentName>");
  });
  const auto refused = append(begin(), noise(25 * kMebibyte));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::payload_too_large);
  EXPECT_NE(refused.error().message.find("no more than 2 parts"), std::string::npos) << refused.error().message;
}

TEST_F(S3Faults, AStoreThatHangsHoldsUpNobodyForLong) {
  options.connections = 4;
  options.patience = std::chrono::seconds(1);
  options.turn = std::chrono::milliseconds(200);
  proxy.hang(true);
  boost::asio::io_context loop(1);
  int unavailable = 0;
  auto try_push = [](BlobStore* s, int* count) -> awaitable<void> {
    auto begun = co_await s->begin();
    auto state = co_await blob::append(s, *begun, "some bytes");
    if (!state && state.error().code == Errc::unavailable) ++*count;
  };
  auto failed = [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); };
  for (int i = 0; i < 200; ++i) boost::asio::co_spawn(loop, try_push(&store(), &unavailable), failed);
  loop.run();
  EXPECT_EQ(unavailable, 200);
  EXPECT_LE(proxy.count("PUT "), 4 * 8) << "who waited for a connection gave up, and asked nothing";
  proxy.hang(false);
  EXPECT_EQ(finish(append(begin(), "abc").value()).value(), Digest::of("abc"));
}

}  // namespace
}  // namespace wharf::blob
