#include "blob/blob_store.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>

#include "blob/located_blob_store.h"
#include "blob/s3_testing.h"
#include "blob/sha256.h"
#include "blob/testing.h"

namespace wharf::blob {
namespace {

class BlobStoreContract : public testing::TestWithParam<std::string> {
 protected:
  TemporaryFolder folder;
  boost::asio::thread_pool pool{2};
  std::unique_ptr<BlobStore> store = make_blob_store(GetParam());
  /// Whether bytes stay where their upload wrote them, and so may be there several times.
  const bool has_places = GetParam() == "s3";
  std::map<Digest, std::string> places;  ///< As the database has them.

  ~BlobStoreContract() override { pool.join(); }

  std::unique_ptr<BlobStore> make_blob_store(const std::string& backend) {
    if (backend == "memory") return make_memory_blob_store();
    if (backend == "s3") return make_s3_blob_store(test_s3(), pool);
    auto files = make_filesystem_blob_store(folder.path() / "blobs", folder.path() / "uploads", pool).value();
    if (backend == "filesystem") return files;
    std::vector<LocatedBlobStore::Location> locations;
    locations.push_back({"old", make_memory_blob_store()});
    locations.push_back({"new", std::move(files)});
    return std::make_unique<LocatedBlobStore>(std::move(locations), 1);
  }
  UploadState begin() { return run_awaitable(store->begin()).value(); }
  Result<UploadState> append(const UploadState& state, std::string_view bytes, std::size_t most = SIZE_MAX) {
    return run_awaitable(blob::append(store.get(), state, bytes, most));
  }
  Result<Digest> finish(const UploadState& state) {
    auto digest = run_awaitable(store->finish(state));
    if (digest) places[*digest] = store->place_of(state);
    return digest;
  }
  Digest push(std::string_view bytes) { return known(run_awaitable(push_ref(store.get(), bytes)).value()); }
  Digest known(const BlobRef& blob) {
    places[blob.digest] = blob.place;
    return blob.digest;
  }
  BlobRef ref(const Digest& digest) { return {digest, places.contains(digest) ? places[digest] : ""}; }
  std::optional<BlobInfo> stat(const Digest& digest) { return run_awaitable(store->stat(ref(digest))).value(); }
  Result<std::string> read(const Digest& digest, std::size_t limit) {
    return run_awaitable(store->read(ref(digest), limit));
  }
  std::string read(const Digest& digest) { return read(digest, SIZE_MAX).value(); }
  Result<http::Body> open(const Digest& digest, std::uint64_t offset, std::uint64_t length) {
    return run_awaitable(store->open(ref(digest), offset, length));
  }
  std::string range(const Digest& digest, std::uint64_t offset, std::uint64_t length) {
    return bytes_of(open(digest, offset, length).value());
  }
  bool remove(const Digest& digest) { return run_awaitable(store->remove(ref(digest))).value(); }
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
    if (spoilt) {
      ASSERT_TRUE(has_places) << "two files for one upload";
      EXPECT_EQ(read(*spoilt), front + good);
    } else {
      EXPECT_EQ(spoilt.error().code, Errc::upload_unknown);
      EXPECT_FALSE(stat(Digest::of(front + good)));
      EXPECT_FALSE(append(first, "more"));
    }
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
  EXPECT_EQ(all().size(), has_places ? 2u : 1u);
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
  EXPECT_GT(uploads().size() + all().size(), 0u);
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
  const auto body = open(digest, 0, 7).value();
  EXPECT_TRUE(remove(digest));
  EXPECT_EQ(remove(digest), has_places) << "S3 does not tell";
  EXPECT_FALSE(stat(digest));
  EXPECT_TRUE(all().empty());
  EXPECT_EQ(open(digest, 0, 7).error().code, Errc::blob_unknown);
  EXPECT_EQ(read(digest, 100).error().code, Errc::blob_unknown);
  EXPECT_EQ(bytes_of(body), "content") << "a reply under way is not cut";
  EXPECT_EQ(push("content"), digest);
  EXPECT_EQ(read(digest), "content");
}

TEST_P(BlobStoreContract, UnknownDigestsAreUnknown) {
  push("content");
  for (const auto& digest : {Digest::of("other"), Digest::of("content", "sha512")}) {
    EXPECT_FALSE(stat(digest));
    const auto opened = open(digest, 0, 1);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::blob_unknown);
    EXPECT_EQ(opened.error().subject, digest.text());
    EXPECT_FALSE(read(digest, 10));
    EXPECT_EQ(remove(digest), has_places && digest.is_sha256());
  }
}

TEST_P(BlobStoreContract, ReadsNoMoreThanAllowed) {
  const auto digest = push("0123456789");
  EXPECT_EQ(read(digest, 10).value(), "0123456789");
  EXPECT_EQ(read(digest, 9).error().code, Errc::payload_too_large);
}

TEST_P(BlobStoreContract, HashesAnUploadAgainWithSha512) {
  const auto bytes = noise(2'345'678);
  const auto state = append(begin(), bytes).value();
  EXPECT_EQ(run_awaitable(store->sha512(state)).value(), Digest::of(bytes, "sha512"));
  EXPECT_EQ(run_awaitable(store->sha512(begin())).value(), Digest::of("", "sha512"));
  EXPECT_EQ(finish(state).value(), Digest::of(bytes));
  if (!has_places) {
    EXPECT_EQ(run_awaitable(store->sha512(state)).error().code, Errc::upload_unknown);
  }
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
  EXPECT_EQ(all().size(), has_places ? 1u : 0u);
  EXPECT_EQ(finish(good).value(), Digest::of("content"));
}

/// Runs `jobs` together on one event loop.
template <class T>
std::vector<T> run_together(std::vector<awaitable<Result<T>>> jobs) {
  boost::asio::io_context loop(1);
  std::vector<T> outcomes;
  auto keep = [](awaitable<Result<T>> job, std::vector<T>* into) -> awaitable<void> {
    auto outcome = co_await std::move(job);
    into->push_back(outcome.value());
  };
  for (auto& job : jobs) {
    auto check = [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); };
    boost::asio::co_spawn(loop, keep(std::move(job), &outcomes), check);
  }
  loop.run();
  return outcomes;
}

TEST_P(BlobStoreContract, TheSameContentMayEndAtTheSameTime) {
  const auto bytes = noise(1'300'000);
  std::vector<awaitable<Result<BlobRef>>> jobs;
  for (int i = 0; i < 8; ++i) jobs.push_back(push_ref(store.get(), bytes));
  const auto made = run_together(std::move(jobs));
  ASSERT_EQ(made.size(), 8u);
  for (const auto& one : made) EXPECT_EQ(read(known(one)), bytes);
  EXPECT_EQ(all().size(), has_places ? 8u : 1u);
  EXPECT_TRUE(uploads().empty());
}

TEST_P(BlobStoreContract, ManyUploadsAtATime) {
  std::vector<std::string> contents;
  for (std::size_t i = 0; i < 100; ++i) contents.push_back(noise(i * i * 300 + i, i));
  std::vector<awaitable<Result<BlobRef>>> jobs;
  for (const auto& bytes : contents) jobs.push_back(push_ref(store.get(), bytes));
  for (const auto& made : run_together(std::move(jobs))) known(made);
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
  const auto begun = now_ms();
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
  EXPECT_GE(entries[0].since_ms, (has_places ? begun : before) - kCoarseClock);
  EXPECT_LE(entries[0].since_ms, now_ms() + 1000) << "some round up to the second";
}

TEST_P(BlobStoreContract, ListsBlobsInOrderPageByPage) {
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    const auto made = ref(push("content " + std::to_string(i)));
    expected.push_back(made.place.empty() ? made.digest.text() : made.place);
  }
  std::ranges::sort(expected);
  std::vector<std::string> found;
  std::string after;
  for (;;) {
    const auto page = run_awaitable(store->list(after, 7)).value();
    if (page.empty()) break;
    EXPECT_LE(page.size(), 7u);
    for (const auto& entry : page) {
      found.push_back(entry.name());
      EXPECT_TRUE(entry.digest || !entry.place.empty());
      const BlobRef listed(entry.digest.value_or(Digest::of("")), entry.place);
      EXPECT_EQ(entry.size_bytes, run_awaitable(store->stat(listed)).value()->size_bytes);
    }
    after = found.back();
  }
  EXPECT_EQ(found, expected);
}

TEST_P(BlobStoreContract, TellsWhichUploadsAreOld) {
  // S3 lists uploads of several parts; a small one is an object at a place that no blob has.
  const std::string content = has_places ? noise(9'000'000) : "content";
  const auto state = append(begin(), content).value();
  const auto later = run_awaitable(store->uploads_older_than(now_ms() + 60'000)).value();
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].id, state.id);
  EXPECT_EQ(later[0].size_bytes, has_places ? 0u : 7u);
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

INSTANTIATE_TEST_SUITE_P(, BlobStoreContract, testing::Values("memory", "filesystem", "s3", "located"),
                         [](auto const& info) { return info.param; });

}  // namespace
}  // namespace wharf::blob
