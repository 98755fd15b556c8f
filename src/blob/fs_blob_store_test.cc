#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>

#include "blob/fs_folders.h"
#include "blob/fs_upload.h"
#include "blob/open_files.h"
#include "blob/sha256.h"
#include "blob/testing.h"

namespace wharf::blob {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_directory()) files.push_back(fs::relative(entry.path(), folder).string());
  }
  return files;
}

mode_t mode_of(const fs::path& path) {
  struct stat found{};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 0777;
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void overwrite(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

class FsBlobStore : public testing::Test {
 protected:
  TemporaryFolder folder;
  fs::path blobs = folder.path() / "data" / "blobs";
  fs::path uploads = folder.path() / "data" / "uploads";
  boost::asio::thread_pool pool{2};
  std::unique_ptr<BlobStore> store = open_store();

  ~FsBlobStore() override { pool.join(); }
  std::unique_ptr<BlobStore> open_store() { return make_filesystem_blob_store(blobs, uploads, pool).value(); }
  UploadState upload(std::string_view bytes) {
    const auto start = run_awaitable(store->begin()).value();
    return run_awaitable(append(store.get(), start, bytes)).value();
  }
  fs::path file_of(const UploadState& state) const { return uploads / state.id; }
  fs::path file_of(const Digest& digest) const { return blobs / "sha256" / digest.hex().substr(0, 2) / digest.hex(); }
};

TEST_F(FsBlobStore, KeepsBlobsWhereTheLayoutSaysAndToItself) {
  const auto state = upload("content");
  EXPECT_EQ(content_of(file_of(state)), "content");
  EXPECT_EQ(mode_of(file_of(state)), 0600u);
  const auto digest = run_awaitable(store->finish(state)).value();
  EXPECT_EQ(files_below(folder.path() / "data"),
            std::vector{fs::relative(file_of(digest), folder.path() / "data").string()});
  EXPECT_EQ(content_of(file_of(digest)), "content");
  EXPECT_EQ(mode_of(file_of(digest)), 0600u);
  for (const auto& made : {blobs, blobs / "sha256", file_of(digest).parent_path(), uploads}) {
    EXPECT_EQ(mode_of(made), 0700u) << made;
  }
}

TEST_F(FsBlobStore, BeginningTouchesNoDisk) {
  auto state = run_awaitable(store->begin()).value();
  state = run_awaitable(append(store.get(), state, "")).value();
  EXPECT_TRUE(files_below(folder.path()).empty());
}

TEST_F(FsBlobStore, AnotherProcessGoesOnWithTheState) {
  const auto bytes = noise(3'000'000);
  auto state = upload(std::string_view(bytes).substr(0, 1'234'567));
  auto other = open_store();
  state = run_awaitable(append(other.get(), state, std::string_view(bytes).substr(1'234'567))).value();
  EXPECT_EQ(run_awaitable(store->finish(state)).value(), Digest::of(bytes));
  EXPECT_EQ(content_of(file_of(Digest::of(bytes))), bytes);
}

TEST_F(FsBlobStore, CutsOffWhatACrashLeftBehind) {
  const auto state = upload("content");
  std::ofstream(file_of(state), std::ios::app) << "left behind";
  EXPECT_EQ(run_awaitable(store->sha512(state)).value(), Digest::of("content", "sha512"));
  std::ofstream(file_of(state), std::ios::app) << "left behind";
  const auto digest = run_awaitable(store->finish(state)).value();
  EXPECT_EQ(content_of(file_of(digest)), "content");
}

TEST_F(FsBlobStore, AShorterFileIsALostUpload) {
  const auto state = upload("content");
  overwrite(file_of(state), "conten");
  EXPECT_EQ(run_awaitable(append(store.get(), state, "x")).error().code, Errc::upload_unknown);
  EXPECT_EQ(run_awaitable(store->finish(state)).error().code, Errc::upload_unknown);
  EXPECT_TRUE(files_below(blobs).empty());
}

TEST_F(FsBlobStore, WithoutAMarkTheBytesAreHashedAgain) {
  const auto good = upload(noise(1'500'000));
  ::removexattr(file_of(good).c_str(), "user.wharf.upload");
  EXPECT_EQ(run_awaitable(store->finish(good)).value(), Digest::of(noise(1'500'000)));

  const auto bad = upload(noise(1'400'000));
  ::removexattr(file_of(bad).c_str(), "user.wharf.upload");
  overwrite(file_of(bad), noise(1'400'000, 2));
  EXPECT_EQ(run_awaitable(store->finish(bad)).error().code, Errc::upload_unknown);
  EXPECT_EQ(run_awaitable(append(store.get(), bad, "x")).error().code, Errc::upload_unknown);
  EXPECT_EQ(files_below(blobs).size(), 1u);
}

TEST_F(FsBlobStore, ASecondWriterWaitsForTheFirst) {
  const auto state = upload("content");
  auto first = run_awaitable(store->resume(state)).value();
  const auto refused = run_awaitable(store->resume(state));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::upload_busy);
  EXPECT_EQ(run_awaitable(store->finish(state)).error().code, Errc::upload_busy);
  first.reset();
  EXPECT_TRUE(run_awaitable(store->resume(state)));
}

TEST_F(FsBlobStore, AnUploadThatAnotherProcessWritesIsInUse) {
  const auto state = upload("content");
  {
    const Fd other(::open(file_of(state).c_str(), O_RDONLY));
    ASSERT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
    EXPECT_EQ(run_awaitable(store->resume(state)).error().code, Errc::upload_busy);
    EXPECT_EQ(run_awaitable(store->finish(state)).error().code, Errc::upload_busy);
  }
  EXPECT_EQ(run_awaitable(store->finish(state)).value(), Digest::of("content"));
}

TEST_F(FsBlobStore, ASymbolicLinkIsNoUpload) {
  const auto state = upload("content");
  const auto outside = folder.path() / "outside";
  overwrite(outside, "content");
  fs::remove(file_of(state));
  fs::create_symlink(outside, file_of(state));
  EXPECT_THROW(run_awaitable(append(store.get(), state, "more")), Accident);
  EXPECT_EQ(content_of(outside), "content");
}

TEST_F(FsBlobStore, ADamagedBlobIsReplacedByAGoodOne) {
  const auto digest = run_awaitable(push(store.get(), "content")).value();
  EXPECT_EQ(run_awaitable(store->read(digest, 100)).value(), "content");
  overwrite(file_of(digest), "cont");
  EXPECT_EQ(run_awaitable(push(store.get(), "content")).value(), digest);
  EXPECT_EQ(run_awaitable(store->read(digest, 100)).value(), "content");
}

TEST_F(FsBlobStore, AnotherProcessMayRemoveABlob) {
  const auto digest = run_awaitable(push(store.get(), "content")).value();
  EXPECT_TRUE(run_awaitable(store->open(digest, 0, 7)));
  fs::remove(file_of(digest));
  EXPECT_FALSE(run_awaitable(store->stat(digest)).value());
  EXPECT_EQ(run_awaitable(store->open(digest, 0, 7)).error().code, Errc::blob_unknown);
  fs::remove_all(file_of(digest).parent_path());
  EXPECT_EQ(run_awaitable(push(store.get(), "content")).value(), digest);
  EXPECT_EQ(content_of(file_of(digest)), "content");
}

TEST_F(FsBlobStore, StrangeFilesAreNoBlobs) {
  const auto digest = run_awaitable(push(store.get(), "content")).value();
  overwrite(file_of(digest).parent_path() / "notes.txt", "x");
  overwrite(blobs / "sha256" / "lost+found", "x");
  fs::create_directory(blobs / "sha256" / "00x");
  overwrite(uploads / "notes.txt", "x");
  const auto all = run_awaitable(store->list("", 10)).value();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].digest, digest);
  EXPECT_TRUE(run_awaitable(store->uploads_older_than(now_ms() + 60'000)).value().empty());
}

TEST_F(FsBlobStore, HotBlobsStayOpenWithinABound) {
  std::vector<Digest> digests;
  for (int i = 0; i < 5; ++i) digests.push_back(run_awaitable(push(store.get(), "blob " + std::to_string(i))).value());
  OpenFiles files(3);
  const Fd base(::open((blobs / "sha256").c_str(), O_RDONLY | O_DIRECTORY));
  const auto first = files.get(base.get(), digests[0]);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size_bytes, 6u);
  EXPECT_NE(::fcntl(first->file->fd(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(::fcntl(first->file->fd(), F_GETFL) & O_ACCMODE, O_RDONLY);
  EXPECT_EQ(files.get(base.get(), digests[0])->file, first->file);
  for (const auto& digest : digests) EXPECT_TRUE(files.get(base.get(), digest));
  EXPECT_EQ(files.size(), 3u);
  EXPECT_NE(files.get(base.get(), digests[0])->file, first->file) << "the least used one went first";
  files.drop(digests[0]);
  EXPECT_EQ(files.size(), 2u);
}

TEST_F(FsBlobStore, RefusesFoldersThatCannotWork) {
  const auto file = folder.path() / "file";
  overwrite(file, "x");
  for (const auto& [b, u] : {std::pair{file, uploads}, {blobs, file}, {file / "below", uploads}}) {
    const auto made = make_filesystem_blob_store(b, u, pool);
    ASSERT_FALSE(made) << b << ' ' << u;
    EXPECT_EQ(made.error().code, Errc::invalid_request);
  }
  // Shared memory is a file system of its own on every Linux.
  const TemporaryFolder elsewhere("/dev/shm");
  const auto apart = make_filesystem_blob_store(blobs, elsewhere.path(), pool);
  ASSERT_FALSE(apart);
  EXPECT_EQ(apart.error().code, Errc::invalid_request);
}

TEST_F(FsBlobStore, RefusesFoldersThatItMayNotWrite) {
  const auto closed = folder.path() / "closed";
  fs::create_directories(closed / "uploads");
  fs::create_directories(closed / "blobs" / "sha256");
  for (const auto* name : {"uploads", "blobs/sha256", "blobs"}) fs::permissions(closed / name, fs::perms(0555));
  fs::permissions(folder.path(), fs::perms(0755));
  const auto me = ::geteuid();
  // Root may write everywhere: be somebody else meanwhile.
  if (me == 0) ASSERT_EQ(::seteuid(65534), 0);
  const auto made = make_filesystem_blob_store(closed / "blobs", closed / "uploads", pool);
  const auto deeper = make_filesystem_blob_store(closed / "blobs" / "new", closed / "uploads", pool);
  if (me == 0) ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::invalid_request);
  EXPECT_FALSE(deeper);
}

TEST_F(FsBlobStore, AFailingDiskIsAnAccidentWithoutPaths) {
  const auto state = upload("content");
  fs::remove(file_of(state));
  fs::create_directory(file_of(state));
  try {
    run_awaitable(append(store.get(), state, "more"));
    FAIL() << "a folder is no upload";
  } catch (const Accident& accident) {
    EXPECT_EQ(accident.error().code, Errc::internal);
    EXPECT_EQ(accident.error().message.find('/'), std::string::npos);
    EXPECT_NE(accident.error().detail.find("Is a directory"), std::string::npos);
  }
}

TEST_F(FsBlobStore, AnUploadHoldsTwoBuffersAtMost) {
  auto folders = Folders::create(blobs, uploads, pool).value();
  auto push_watching = [](std::shared_ptr<Folders> f, UploadState state, std::string_view bytes,
                          std::size_t* most) -> awaitable<Result<UploadState>> {
    auto made = co_await make_upload_writer(f, std::move(state));
    auto writer = std::move(made.value());
    while (!bytes.empty()) {
      auto room = co_await writer->buffer();
      if (!room) co_return room.error();
      const auto count = std::min(bytes.size(), room->size());
      std::memcpy(room->data(), bytes.data(), count);
      bytes.remove_prefix(count);
      writer->commit(count);
      *most = std::max(*most, f->buffers.held_bytes());
    }
    co_return co_await writer->pause();
  };
  const auto bytes = noise(40'000'000);
  std::size_t most = 0;
  auto state = run_awaitable(store->begin()).value();
  state = run_awaitable(push_watching(folders, state, bytes, &most)).value();
  EXPECT_EQ(run_awaitable(store->finish(state)).value(), Digest::of(bytes));
  EXPECT_GE(most, BufferPool::kLargeBytes);
  EXPECT_LE(most, 2 * BufferPool::kLargeBytes);
}

TEST(BufferPool, IsBounded) {
  BufferPool pool;
  {
    std::vector<Buffer> out;
    for (std::size_t i = 0; i < BufferPool::kMostLarge; ++i) {
      out.push_back(pool.take());
      ASSERT_EQ(out.back().bytes().size(), BufferPool::kLargeBytes);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(out.back().bytes().data()) % 4096, 0u);
    }
    out.push_back(pool.take());
    EXPECT_EQ(out.back().bytes().size(), BufferPool::kSmallBytes);
    EXPECT_EQ(pool.held_bytes(), BufferPool::kMostLarge * BufferPool::kLargeBytes + BufferPool::kSmallBytes);
    out.front() = Buffer();
    EXPECT_EQ(pool.take().bytes().size(), BufferPool::kLargeBytes);
  }
  EXPECT_EQ(pool.held_bytes(), BufferPool::kMostKept * BufferPool::kLargeBytes);
}

/// Every visible blob must be whole and named rightly, and the store must go on working.
void expect_sound(const fs::path& data, std::size_t least_blobs) {
  boost::asio::thread_pool pool(2);
  auto store = make_filesystem_blob_store(data / "blobs", data / "uploads", pool).value();
  const auto all = run_awaitable(store->list("", 1'000'000)).value();
  EXPECT_GE(all.size(), least_blobs);
  EXPECT_EQ(all.size(), files_below(data / "blobs").size());
  for (const auto& entry : all) {
    const auto bytes = content_of(data / "blobs" / "sha256" / entry.digest->hex().substr(0, 2) / entry.digest->hex());
    EXPECT_EQ(Digest::of(bytes), entry.digest);
  }
  EXPECT_EQ(run_awaitable(push(store.get(), "after the crash")).value(), Digest::of("after the crash"));
  pool.join();
}

/// Pushes for ever, telling of each blob by a byte into `report`.
[[noreturn]] void push_until_killed(const fs::path& data, int report, std::uint64_t seed) {
  boost::asio::thread_pool pool(2);
  auto store = make_filesystem_blob_store(data / "blobs", data / "uploads", pool).value();
  for (;; ++seed) {
    const auto bytes = noise(static_cast<std::size_t>(seed * 7919 % 1'500'000), seed);
    if (!run_awaitable(push(store.get(), bytes)) || ::write(report, "x", 1) != 1) ::_exit(1);
  }
}

TEST(FsBlobStoreKilled, LeavesNothingHalfVisible) {
  const TemporaryFolder folder;
  constexpr std::size_t kRounds = 8;
  std::size_t reported = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) push_until_killed(folder.path(), pipe[1], 1000 * round);
    ::close(pipe[1]);
    const Fd reports(pipe[0]);
    char byte = 0;
    for (std::size_t i = 0; i <= round % 4; ++i) {
      ASSERT_EQ(::read(reports.get(), &byte, 1), 1) << "the child ended by itself";
      ++reported;
    }
    // Somewhere within the next pushes; another place each round.
    ::usleep(static_cast<useconds_t>(round * 700));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    expect_sound(folder.path(), reported);
  }
}

/// Fills the store until it refuses, and sees that it holds nothing of what it refused.
void expect_full_and_recover(const fs::path& data, boost::asio::thread_pool& pool,
                             const std::function<void()>& make_room) {
  auto store = make_filesystem_blob_store(data / "blobs", data / "uploads", pool).value();
  const auto before = run_awaitable(push(store.get(), noise(1'000'000, 1))).value();
  const auto large = noise(12'000'000, 2);

  const auto refused = run_awaitable(push(store.get(), large));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::insufficient_storage);
  EXPECT_EQ(refused.error().message, "No space left in the registry's storage");
  EXPECT_TRUE(files_below(data / "uploads").empty());
  EXPECT_EQ(files_below(data / "blobs").size(), 1u);

  // A later request of an upload gives back only its own bytes.
  auto state = run_awaitable(store->begin()).value();
  state = run_awaitable(append(store.get(), state, "a beginning")).value();
  EXPECT_EQ(run_awaitable(append(store.get(), state, large)).error().code, Errc::insufficient_storage);
  EXPECT_EQ(fs::file_size(data / "uploads" / state.id), state.size_bytes);

  make_room();
  state = run_awaitable(append(store.get(), state, " and an end")).value();
  EXPECT_EQ(run_awaitable(store->finish(state)).value(), Digest::of("a beginning and an end"));
  EXPECT_EQ(run_awaitable(push(store.get(), large)).value(), Digest::of(large));
  EXPECT_EQ(run_awaitable(store->read(before, 2'000'000)).value(), noise(1'000'000, 1));
}

/// A disk without room for the folder of a blob: the upload stays, and ends once there is room.
void expect_no_room_for_a_folder(const fs::path& disk, boost::asio::thread_pool& pool) {
  auto store = make_filesystem_blob_store(disk / "other" / "blobs", disk / "other" / "uploads", pool).value();
  const auto start = run_awaitable(store->begin()).value();
  const auto state = run_awaitable(append(store.get(), start, "content")).value();
  const auto limit = [&](long inodes) {
    const auto option = "size=64m,nr_inodes=" + std::to_string(inodes);
    return ::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, option.c_str());
  };
  // The kernel refuses less than there is, so the first limit that it takes leaves no room. Attributes count too.
  long used = 1;
  while (limit(used) != 0) ASSERT_LT(++used, 1000);
  const auto refused = run_awaitable(store->finish(state));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::insufficient_storage);
  ASSERT_EQ(limit(used + 10), 0);
  EXPECT_EQ(run_awaitable(store->finish(state)).value(), Digest::of("content"));
}

TEST(FsBlobStoreFull, ALimitOnFilesIsNoSpaceLeft) {
  const TemporaryFolder folder;
  boost::asio::thread_pool pool(2);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto before = ::signal(SIGXFSZ, SIG_IGN);
  rlimit small = old;
  small.rlim_cur = 4'000'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  expect_full_and_recover(folder.path(), pool, [&] { ::setrlimit(RLIMIT_FSIZE, &old); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  ::signal(SIGXFSZ, before);
  pool.join();
}

TEST(FsBlobStoreFull, AFullDiskIsNoSpaceLeft) {
  const TemporaryFolder folder;
  boost::asio::thread_pool pool(2);
  const auto disk = folder.path() / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=4m") == 0) {
    const auto unmount = [](const fs::path* at) { EXPECT_EQ(::umount2(at->c_str(), MNT_DETACH), 0); };
    const std::unique_ptr<const fs::path, decltype(unmount)> mounted(&disk);
    expect_full_and_recover(disk, pool,
                            [&] { EXPECT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0); });
    expect_no_room_for_a_folder(disk, pool);
    pool.join();
    return;
  }
  // Who may not mount fills what every Linux has: a device without room.
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  const std::string bytes(100, 'x');
  const int error = write_all(full.get(), std::as_bytes(std::span(bytes)), 0);
  EXPECT_EQ(error, ENOSPC);
  EXPECT_EQ(storage_error("write", error).code, Errc::insufficient_storage);
}

}  // namespace
}  // namespace wharf::blob
