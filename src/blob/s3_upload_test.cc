#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "blob/s3_state.h"
#include "blob/s3_testing.h"
#include "blob/testing.h"

namespace wharf::blob {
namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;
constexpr std::uint64_t kGibibyte = 1024 * kMebibyte;

/// What an upload in chunks of `chunk` bytes comes to, each of them a request.
struct Chunked {
  std::uint64_t size_bytes = 0, written_bytes = 0, read_bytes = 0;
  std::size_t parts = 0;

  Chunked(std::uint64_t chunk, std::uint64_t until_bytes) {
    const S3Options options;
    std::uint64_t rest = 0;
    while (size_bytes < until_bytes && parts < 10'000) {
      read_bytes += rest;
      rest += chunk;
      size_bytes += chunk;
      // While a request's bytes come, a part is sent whenever it is full.
      while (parts < 10'000 &&
             rest >= std::max(s3_part_bytes(options, parts + 1), s3_least_part_bytes(options, parts + 1))) {
        const auto part = std::max(s3_part_bytes(options, parts + 1), s3_least_part_bytes(options, parts + 1));
        written_bytes += part;
        rest -= part;
        ++parts;
      }
      written_bytes += rest;
      if (parts < 10'000 && rest >= s3_least_part_bytes(options, parts + 1)) {
        rest = 0;
        ++parts;
      }
    }
  }
};

TEST(S3Parts, ChunksOfAnyUsualSizeReachAHundredGibibytes) {
  for (const std::uint64_t mebibytes : {1u, 2u, 5u, 7u, 8u, 10u, 16u, 100u, 1000u}) {
    const Chunked upload(mebibytes * kMebibyte, 100 * kGibibyte);
    EXPECT_GE(upload.size_bytes, 100 * kGibibyte) << mebibytes;
    EXPECT_LE(upload.parts, 9'500u) << mebibytes;
  }
  const Chunked usual(5 * kMebibyte, 100 * kGibibyte);
  EXPECT_LE(usual.written_bytes, 210 * kGibibyte);
  EXPECT_LE(usual.read_bytes, 110 * kGibibyte);
  EXPECT_GE(Chunked(5 * kMebibyte, 1000 * kGibibyte).size_bytes, 228 * kGibibyte);
  EXPECT_GE(Chunked(5 * kMebibyte + 1, 1000 * kGibibyte).size_bytes, 228 * kGibibyte);
}

/// Uploads that share little memory.
class S3Uploads : public testing::Test {
 protected:
  S3Options options = test_s3();
  boost::asio::thread_pool pool{2};
  metrics::Registry metrics;
  std::unique_ptr<BlobStore> made;
  boost::asio::io_context loop{1};

  ~S3Uploads() override { pool.join(); }

  BlobStore& store() {
    if (!made) {
      made = make_s3_blob_store(options, pool);
      made->count_in(metrics);
    }
    return *made;
  }
  std::uint64_t held_bytes() {
    const std::string name = "wharf_s3_upload_memory_bytes{";
    const auto text = metrics.text();
    return static_cast<std::uint64_t>(std::stod(text.substr(text.find("} ", text.find("\n" + name)) + 2)));
  }
  std::uint64_t spilled_bytes() { return metrics.counter("wharf_s3_spilled_bytes_total", "").value(); }

  void spawn(awaitable<void> job) {
    boost::asio::co_spawn(loop, std::move(job), [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); });
  }
};

struct Stalling {
  BlobStore* store;
  int waiting = 0, goal = 0;
  boost::asio::steady_timer go_on;
  int ended = 0;
  std::uint64_t most_bytes = 0;
};

/// An upload whose client sends no more for a while, in the middle of what the server gave it room for.
awaitable<void> stall(Stalling* all, std::string front, std::string back) {
  auto begun = co_await all->store->begin();
  auto writer = co_await all->store->resume(*begun);
  auto filled = co_await fill(writer.value().get(), front, 10'000);
  EXPECT_TRUE(filled) << filled.error().detail;
  const auto room = co_await (*writer)->buffer();
  EXPECT_TRUE(room);
  if (++all->waiting == all->goal) all->go_on.cancel();
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  while (all->waiting < all->goal) {
    pause.expires_after(std::chrono::milliseconds(5));
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
  filled = co_await fill(writer.value().get(), back, 10'000);
  EXPECT_TRUE(filled) << filled.error().detail;
  auto state = co_await (*writer)->pause();
  EXPECT_TRUE(state) << state.error().detail;
  auto digest = co_await all->store->finish(*state);
  EXPECT_EQ(digest.value(), Digest::of(front + back));
  BlobRef blob(*digest, all->store->place_of(*state));
  auto content = co_await all->store->read(std::move(blob), SIZE_MAX);
  EXPECT_EQ(content.value(), front + back);
  ++all->ended;
}

TEST_F(S3Uploads, ThatStallHoldNoMoreThanTheirShareOfMemoryAndNobodyUp) {
  options.upload_memory_bytes = 8 * kMebibyte;
  options.assembly_memory_bytes = 6 * kMebibyte;
  constexpr int kUploads = 60;
  Stalling all{.store = &store(), .goal = kUploads + 1, .go_on = boost::asio::steady_timer(loop)};
  for (int i = 0; i < kUploads; ++i) {
    const auto seed = static_cast<std::uint64_t>(i);
    spawn(stall(&all, noise(1'500'000, seed), noise(i % 6 == 0 ? 5'000'000 : 70'000, seed + 1000)));
  }
  // One that does not stall gets through while all the others do.
  auto push_one = [](Stalling* s) -> awaitable<void> {
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
    while (s->waiting < kUploads) {
      pause.expires_after(std::chrono::milliseconds(5));
      co_await pause.async_wait(boost::asio::use_awaitable);
    }
    const auto bytes = noise(20'000'000, 7777);
    auto pushed = co_await push(s->store, bytes);
    EXPECT_EQ(pushed.value(), Digest::of(bytes));
    EXPECT_EQ(s->ended, 0);
    ++s->waiting;
  };
  spawn(push_one(&all));
  auto watch = [this](Stalling* s) -> awaitable<void> {
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
    while (s->ended < kUploads && !testing::Test::HasFatalFailure()) {
      s->most_bytes = std::max(s->most_bytes, held_bytes());
      pause.expires_after(std::chrono::milliseconds(2));
      co_await pause.async_wait(boost::asio::use_awaitable);
    }
  };
  spawn(watch(&all));
  loop.run();
  EXPECT_EQ(all.ended, kUploads);
  EXPECT_LE(all.most_bytes, options.upload_memory_bytes + options.assembly_memory_bytes + (kUploads + 1) * 32 * 1024);
  EXPECT_GT(spilled_bytes(), kUploads * 1'000'000u);
  EXPECT_EQ(held_bytes(), 0u);
  EXPECT_EQ(run_awaitable(store().list("", 1000)).value().size(), kUploads + 1u) << "what was put away is gone";
}

TEST_F(S3Uploads, OnSeveralLoopsShareTheirMemory) {
  options.upload_memory_bytes = 3 * kMebibyte;
  std::atomic<int> right{0};
  auto push_slowly = [](BlobStore* s, std::uint64_t seed, std::atomic<int>* count) -> awaitable<void> {
    const auto bytes = noise(1'000'000 + seed * 200'000, seed);
    auto begun = co_await s->begin();
    auto writer = co_await s->resume(*begun);
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
    for (std::size_t at = 0; at < bytes.size(); at += 300'000) {
      auto filled = co_await fill(writer.value().get(), std::string_view(bytes).substr(at, 300'000), 50'000);
      EXPECT_TRUE(filled) << filled.error().detail;
      pause.expires_after(std::chrono::milliseconds(seed));
      co_await pause.async_wait(boost::asio::use_awaitable);
    }
    auto state = co_await (*writer)->pause();
    auto digest = co_await s->finish(state.value());
    if (digest.value() == Digest::of(bytes)) ++*count;
  };
  store();
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      boost::asio::io_context own(1);
      for (std::uint64_t i = 0; i < 10; ++i) {
        auto check = [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); };
        boost::asio::co_spawn(own, push_slowly(&store(), 10 * thread + i, &right), check);
      }
      own.run();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 30);
  EXPECT_GT(spilled_bytes(), 0u);
  EXPECT_EQ(held_bytes(), 0u);
}

TEST_F(S3Uploads, GoOnFromATailThatThereIsNoMemoryFor) {
  options.upload_memory_bytes = kMebibyte;
  const auto bytes = noise(12'000'000);
  auto push_chunks = [](BlobStore* s, std::string_view all) -> awaitable<Result<UploadState>> {
    auto state = co_await s->begin();
    for (std::size_t at = 0; state && at < all.size(); at += 1'200'000) {
      state = co_await append(s, *state, all.substr(at, 1'200'000));
    }
    co_return state;
  };
  const auto state = run_awaitable(push_chunks(&store(), bytes)).value();
  EXPECT_EQ(run_awaitable(store().finish(state)).value(), Digest::of(bytes));
  const BlobRef blob(Digest::of(bytes), store().place_of(state));
  EXPECT_EQ(run_awaitable(store().read(blob, SIZE_MAX)).value(), bytes);
}

}  // namespace
}  // namespace wharf::blob
