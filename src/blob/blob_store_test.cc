#include "blob/blob_store.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "blob/sha256.h"
#include "blob/testing.h"

namespace wharf::blob {
namespace {

class BlobStoreContract : public testing::TestWithParam<std::string> {
 protected:
  TemporaryFolder folder;
  boost::asio::thread_pool pool{2};
  std::unique_ptr<BlobStore> store = make_blob_store(GetParam());

  ~BlobStoreContract() override { pool.join(); }

  std::unique_ptr<BlobStore> make_blob_store(const std::string& backend) {
    if (backend == "memory") return make_memory_blob_store();
    return make_filesystem_blob_store(folder.path() / "blobs", folder.path() / "uploads", pool).value();
  }
  UploadState begin() { return run_awaitable(store->begin()).value(); }
  Result<UploadState> append(const UploadState& state, std::string_view bytes, std::size_t most = SIZE_MAX) {
    return run_awaitable(blob::append(store.get(), state, bytes, most));
  }
  Result<Digest> finish(const UploadState& state) { return run_awaitable(store->finish(state)); }
  Digest push(std::string_view bytes) { return run_awaitable(blob::push(store.get(), bytes)).value(); }
  std::optional<BlobInfo> stat(const Digest& digest) { return run_awaitable(store->stat(digest)).value(); }
  std::string read(const Digest& digest) { return run_awaitable(store->read(digest, SIZE_MAX)).value(); }
  std::string range(const Digest& digest, std::uint64_t offset, std::uint64_t length) {
    return bytes_of(run_awaitable(store->open(digest, offset, length)).value());
  }
  std::vector<BlobEntry> all() { return run_awaitable(store->list("", 1000)).value(); }
  std::vector<StaleUpload> uploads() { return run_awaitable(store->uploads_older_than(now_ms() + 60'000)).value(); }
};

TEST_P(BlobStoreContract, GivesBackWhatWasPushed) {
  for (const std::size_t size :
       {0u, 1u, 63u, 64u, 65u, 65'536u, 262'144u, 262'145u, 1'048'575u, 1'048'576u, 1'048'577u, 3'000'001u}) {
    const auto bytes = noise(size, size);
    const auto digest = push(bytes);
    EXPECT_EQ(digest, Digest::of(bytes)) << size;
    ASSERT_TRUE(stat(digest)) << size;
    EXPECT_EQ(stat(digest)->size_bytes, size);
    EXPECT_EQ(read(digest), bytes);
    EXPECT_EQ(range(digest, 0, size), bytes);
  }
  EXPECT_TRUE(uploads().empty());
}

TEST_P(BlobStoreContract, TakesBytesInPiecesOfAnySize) {
  const auto bytes = noise(1'500'000);
  for (const std::size_t most : {511u, 16'384u, 65'537u}) {
    const auto state = append(begin(), bytes, most).value();
    EXPECT_EQ(state.size_bytes, bytes.size());
    EXPECT_EQ(finish(state).value(), Digest::of(bytes));
  }
}

TEST_P(BlobStoreContract, GoesOnFromStateToState) {
  const auto bytes = noise(5'000'000);
  auto state = begin();
  EXPECT_EQ(state.size_bytes, 0u);
  std::string_view rest = bytes;
  for (const std::size_t size : {1u, 99u, 0u, 1'048'576u, 2'500'000u, 64u}) {
    state = append(state, rest.substr(0, size)).value();
    rest.remove_prefix(size);
    EXPECT_EQ(state.size_bytes, bytes.size() - rest.size());
    EXPECT_EQ(Sha256::resume(state.hash).value().digest(), Digest::of(bytes.substr(0, bytes.size() - rest.size())));
  }
  state = append(state, rest).value();
  const auto digest = finish(state).value();
  EXPECT_EQ(digest, Digest::of(bytes));
  EXPECT_EQ(read(digest), bytes);
}

TEST_P(BlobStoreContract, ALostWriterLosesWhatCameAfterThePause) {
  const auto kept = noise(1'200'000, 1);
  const auto lost = noise(2'300'000, 2);
  const auto after = noise(700'000, 3);
  auto state = append(begin(), kept).value();
  auto lose = [](BlobStore* s, UploadState from, std::string_view bytes) -> awaitable<bool> {
    auto writer = co_await s->resume(std::move(from));
    auto filled = co_await fill(writer.value().get(), bytes);
    co_return filled.has_value();
  };
  EXPECT_TRUE(run_awaitable(lose(store.get(), state, lost)));
  EXPECT_TRUE(run_awaitable(lose(store.get(), state, "a few")));
  state = append(state, after).value();
  EXPECT_EQ(state.size_bytes, kept.size() + after.size());
  EXPECT_EQ(read(finish(state).value()), kept + after);
}

TEST_P(BlobStoreContract, AStateThatWasPausedFinishesAfterALostWriter) {
  const auto kept = noise(100'000);
  const auto state = append(begin(), kept).value();
  auto lose = [](BlobStore* s, UploadState from, std::string_view bytes) -> awaitable<bool> {
    auto writer = co_await s->resume(std::move(from));
    co_return (co_await fill(writer.value().get(), bytes)).has_value();
  };
  const auto lost = noise(3'000'000, 9);
  EXPECT_TRUE(run_awaitable(lose(store.get(), state, lost)));
  EXPECT_EQ(read(finish(state).value()), kept);
}

// Two requests go on from the same state, one after the other; the database keeps only one of the two outcomes.
TEST_P(BlobStoreContract, BytesOfTwoWritersNeverShareADigest) {
  for (const std::size_t front_size : {0u, 1000u}) {
    const auto front = noise(front_size, 1);
    const auto good = noise(5000, 2);
    const auto evil = noise(5000, 3);
    const auto start = append(begin(), front).value();
    const auto first = append(start, good).value();
    const auto second = append(start, evil).value();
    const auto spoilt = finish(first);
    ASSERT_FALSE(spoilt);
    EXPECT_EQ(spoilt.error().code, Errc::upload_unknown);
    EXPECT_FALSE(stat(Digest::of(front + good)));
    EXPECT_FALSE(append(first, "more"));
    EXPECT_EQ(read(finish(second).value()), front + evil);
  }
}

TEST_P(BlobStoreContract, GoesBackToAnEarlierState) {
  const auto first = append(begin(), "one ").value();
  const auto second = append(first, "two ").value();
  ASSERT_EQ(second.size_bytes, 8u);
  const auto other = append(first, "three").value();
  EXPECT_EQ(read(finish(other).value()), "one three");
}

TEST_P(BlobStoreContract, StoresTheSameContentOnce) {
  const auto bytes = noise(2'000'000);
  EXPECT_EQ(push(bytes), push(bytes));
  EXPECT_EQ(all().size(), 1u);
  EXPECT_TRUE(uploads().empty());
}

TEST_P(BlobStoreContract, FinishingAgainAnswersTheSame) {
  const auto state = append(begin(), "content").value();
  const auto digest = finish(state).value();
  EXPECT_EQ(finish(state).value(), digest);
  EXPECT_EQ(all().size(), 1u);
}

TEST_P(BlobStoreContract, AnAbortedUploadLeavesNothingBehind) {
  const auto start = begin();
  const auto state = append(start, noise(1'500'000)).value();
  EXPECT_FALSE(uploads().empty());
  EXPECT_TRUE(run_awaitable(store->abort(state)).value());
  EXPECT_TRUE(uploads().empty());
  EXPECT_TRUE(all().empty());
  EXPECT_FALSE(run_awaitable(store->abort(state)).value());
  for (const auto& outcome : {append(state, "more"), append(state, "")}) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::upload_unknown);
  }
  EXPECT_EQ(finish(state).error().code, Errc::upload_unknown);
  EXPECT_TRUE(all().empty());
}

TEST_P(BlobStoreContract, SendsRanges) {
  const auto bytes = noise(1'000'000);
  const auto digest = push(bytes);
  EXPECT_EQ(range(digest, 0, 1), bytes.substr(0, 1));
  EXPECT_EQ(range(digest, 500'000, 4097), bytes.substr(500'000, 4097));
  EXPECT_EQ(range(digest, 999'999, 1), bytes.substr(999'999, 1));
  EXPECT_EQ(range(digest, 10, 0), "");
}

TEST_P(BlobStoreContract, RemovesABlob) {
  const auto digest = push("content");
  EXPECT_EQ(range(digest, 0, 7), "content");
  const auto body = run_awaitable(store->open(digest, 0, 7)).value();
  EXPECT_TRUE(run_awaitable(store->remove(digest)).value());
  EXPECT_FALSE(run_awaitable(store->remove(digest)).value());
  EXPECT_FALSE(stat(digest));
  EXPECT_TRUE(all().empty());
  EXPECT_EQ(run_awaitable(store->open(digest, 0, 7)).error().code, Errc::blob_unknown);
  EXPECT_EQ(run_awaitable(store->read(digest, 100)).error().code, Errc::blob_unknown);
  EXPECT_EQ(bytes_of(body), "content") << "a reply under way is not cut";
  EXPECT_EQ(push("content"), digest);
  EXPECT_EQ(read(digest), "content");
}

TEST_P(BlobStoreContract, UnknownDigestsAreUnknown) {
  push("content");
  for (const auto& digest : {Digest::of("other"), Digest::of("content", "sha512")}) {
    EXPECT_FALSE(stat(digest));
    const auto opened = run_awaitable(store->open(digest, 0, 1));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::blob_unknown);
    EXPECT_EQ(opened.error().subject, digest.text());
    EXPECT_FALSE(run_awaitable(store->read(digest, 10)));
    EXPECT_FALSE(run_awaitable(store->remove(digest)).value());
  }
}

TEST_P(BlobStoreContract, ReadsNoMoreThanAllowed) {
  const auto digest = push("0123456789");
  EXPECT_EQ(run_awaitable(store->read(digest, 10)).value(), "0123456789");
  EXPECT_EQ(run_awaitable(store->read(digest, 9)).error().code, Errc::payload_too_large);
}

TEST_P(BlobStoreContract, HashesAnUploadAgainWithSha512) {
  const auto bytes = noise(2'345'678);
  const auto state = append(begin(), bytes).value();
  EXPECT_EQ(run_awaitable(store->sha512(state)).value(), Digest::of(bytes, "sha512"));
  EXPECT_EQ(run_awaitable(store->sha512(begin())).value(), Digest::of("", "sha512"));
  EXPECT_EQ(finish(state).value(), Digest::of(bytes));
  EXPECT_EQ(run_awaitable(store->sha512(state)).error().code, Errc::upload_unknown);
}

TEST_P(BlobStoreContract, RefusesStatesThatAreNotOurs) {
  const auto good = append(begin(), "content").value();
  auto no_hash = good;
  no_hash.hash = "rubbish";
  auto other_size = good;
  other_size.size_bytes = 6;
  for (const auto& state : {no_hash, other_size}) {
    EXPECT_EQ(append(state, "x").error().code, Errc::upload_invalid);
    EXPECT_EQ(finish(state).error().code, Errc::upload_invalid);
    EXPECT_EQ(run_awaitable(store->sha512(state)).error().code, Errc::upload_invalid);
  }
  for (const auto* id : {"../../etc/passwd", "", ".", "AAAAAAAA-0000-4000-8000-000000000000", "not-a-uuid",
                         "aaaaaaaa-0000-4000-8000-00000000000/"}) {
    auto state = good;
    state.id = id;
    EXPECT_EQ(append(state, "x").error().code, Errc::upload_unknown) << id;
    EXPECT_EQ(finish(state).error().code, Errc::upload_unknown) << id;
    EXPECT_FALSE(run_awaitable(store->abort(state)).value()) << id;
  }
  EXPECT_TRUE(all().empty());
  EXPECT_EQ(finish(good).value(), Digest::of("content"));
}

/// Runs `jobs` together on one event loop.
std::vector<Digest> run_together(std::vector<awaitable<Result<Digest>>> jobs) {
  boost::asio::io_context loop(1);
  std::vector<Digest> digests;
  auto keep = [](awaitable<Result<Digest>> job, std::vector<Digest>* into) -> awaitable<void> {
    auto digest = co_await std::move(job);
    into->push_back(digest.value());
  };
  for (auto& job : jobs) {
    auto check = [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); };
    boost::asio::co_spawn(loop, keep(std::move(job), &digests), check);
  }
  loop.run();
  return digests;
}

TEST_P(BlobStoreContract, TheSameContentMayEndAtTheSameTime) {
  const auto bytes = noise(1'300'000);
  std::vector<awaitable<Result<Digest>>> jobs;
  for (int i = 0; i < 8; ++i) jobs.push_back(blob::push(store.get(), bytes));
  const auto digests = run_together(std::move(jobs));
  EXPECT_EQ(digests, std::vector<Digest>(8, Digest::of(bytes)));
  EXPECT_EQ(all().size(), 1u);
  EXPECT_EQ(read(digests[0]), bytes);
  EXPECT_TRUE(uploads().empty());
}

TEST_P(BlobStoreContract, ManyUploadsAtATime) {
  std::vector<std::string> contents;
  for (std::size_t i = 0; i < 100; ++i) contents.push_back(noise(i * i * 300 + i, i));
  std::vector<awaitable<Result<Digest>>> jobs;
  for (const auto& bytes : contents) jobs.push_back(blob::push(store.get(), bytes));
  EXPECT_EQ(run_together(std::move(jobs)).size(), 100u);
  for (const auto& bytes : contents) EXPECT_EQ(read(Digest::of(bytes)), bytes);
  EXPECT_EQ(all().size(), 100u);
  EXPECT_TRUE(uploads().empty());
}

TEST_P(BlobStoreContract, AnUploadFinishedTwiceAtOnceIsOneBlob) {
  const auto state = append(begin(), noise(1'500'000)).value();
  std::vector<awaitable<Result<Digest>>> jobs;
  for (int i = 0; i < 3; ++i) jobs.push_back(store->finish(state));
  EXPECT_EQ(run_together(std::move(jobs)).size(), 3u);
  EXPECT_EQ(all().size(), 1u);
}

TEST_P(BlobStoreContract, SixtyFourMebibytesHaveTheDigestOfOpenssl) {
  const auto bytes = random_bytes(64 * 1024 * 1024);
  const auto digest = push(bytes);
  EXPECT_EQ(digest, Digest::of(bytes));
  EXPECT_EQ(range(digest, 0, bytes.size()), bytes);
}

TEST_P(BlobStoreContract, TellsSinceWhenABlobIsHereHoweverOldItsBytesAre) {
  constexpr Millis kCoarseClock = 20;  // the kernel stamps files with the time of its last tick
  const auto state = append(begin(), "old bytes").value();
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    if (file.path().filename() != "uploads") continue;
    for (const auto& upload : std::filesystem::directory_iterator(file)) {
      std::filesystem::last_write_time(upload, std::filesystem::file_time_type::clock::now() - std::chrono::hours(30));
    }
  }
  const auto before = now_ms();
  ASSERT_TRUE(finish(state));
  const auto entries = all();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_GE(entries[0].since_ms, before - kCoarseClock);
  EXPECT_LE(entries[0].since_ms, now_ms());
}

TEST_P(BlobStoreContract, ListsBlobsInOrderPageByPage) {
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) expected.push_back(push("content " + std::to_string(i)).text());
  std::ranges::sort(expected);
  std::vector<std::string> found;
  std::string after;
  for (;;) {
    const auto page = run_awaitable(store->list(after, 7)).value();
    if (page.empty()) break;
    EXPECT_LE(page.size(), 7u);
    for (const auto& entry : page) {
      found.push_back(entry.digest.text());
      EXPECT_EQ(entry.size_bytes, stat(entry.digest)->size_bytes);
    }
    after = found.back();
  }
  EXPECT_EQ(found, expected);
}

TEST_P(BlobStoreContract, TellsWhichUploadsAreOld) {
  const auto state = append(begin(), "content").value();
  const auto later = run_awaitable(store->uploads_older_than(now_ms() + 60'000)).value();
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].id, state.id);
  EXPECT_EQ(later[0].size_bytes, 7u);
  EXPECT_NEAR(static_cast<double>(later[0].modified_ms), static_cast<double>(now_ms()), 600'000.0);
  EXPECT_TRUE(run_awaitable(store->uploads_older_than(now_ms() - 3'600'000)).value().empty());
  UploadState only_id{.id = later[0].id, .size_bytes = 0, .hash = {}, .backend = {}};
  EXPECT_TRUE(run_awaitable(store->abort(only_id)).value());
  EXPECT_TRUE(uploads().empty());
}

TEST_P(BlobStoreContract, ChecksItself) {
  EXPECT_TRUE(run_awaitable(store->check()).value());
  EXPECT_TRUE(uploads().empty());
  EXPECT_TRUE(all().empty());
}

INSTANTIATE_TEST_SUITE_P(, BlobStoreContract, testing::Values("memory", "filesystem"),
                         [](auto const& info) { return info.param; });

}  // namespace
}  // namespace wharf::blob
