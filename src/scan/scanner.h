#pragma once
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "blob/blob_store.h"
#include "db/database.h"
#include "inventory/layer.h"
#include "store/scan.h"
#include "vuln/lookups.h"
#include "vuln/report.h"
#include "vuln/statement.h"

namespace wharf::scan {

/// How one image is looked at.
struct ScanRules {
  inventory::Limits limits;               ///< Of one layer.
  std::chrono::seconds time_limit{900};   ///< For one layer.
  std::uint64_t largest_layer_bytes = 0;  ///< Packed; an image with a larger one is `unsupported`. 0: any.
  int most_attempts = 5;                  ///< Then it has failed.
};

/// An issue of an image that it was not known for before.
struct NewIssue {
  std::int64_t manifest_id = 0;
  bool first_report = false;  ///< It is the image's first report that tells of it.
  vuln::Severity severity = vuln::Severity::unknown;
  vuln::Issue issue;
  bool has_fix = false;
};

/// Takes images from the queue, has their layers read and what is in them matched with the feeds.
///
/// A layer is read once, however many images have it and however often the feeds change; what was read is kept. Several
/// nodes work on one queue: each takes a few images for ten minutes at a time, and what a dead one leaves is taken by
/// another; their reports are written together, a lease being over only with its report. Memory: one layer's readers,
/// one image's inventories, 16 MiB of reports, and 32 MiB of what the feeds say of packages.
class Scanner {
 public:
  struct Parts {
    db::Database& db;
    blob::BlobStore& blobs;
    ScanRules rules;
    /// Called in the transaction of the report, for what is new in it.
    std::function<void(db::Tx&, const std::vector<NewIssue>&)> tell;
  };
  explicit Scanner(Parts parts);
  ~Scanner();

  struct Done {
    int scanned = 0, failed = 0, put_back = 0;
    std::int64_t layers = 0, layer_bytes = 0;
  };
  /// Looks at what is due, at most `most` images.
  awaitable<Done> round(int most);

  /// Looks up what the feeds say of names that were last looked up in older data; images with a package of which they
  /// say something else now are put into the queue again. At most `most` names; answers how many. The first time,
  /// images with layers that older readers have read are put there, too.
  awaitable<int> rematch(int most);

  /// Ends a running round soon. From any thread.
  void stop() { stopping_ = true; }

 private:
  struct Image;
  struct Ready;
  struct Batch;
  awaitable<void> look_at(store::ScanTask task, Batch& batch, Done& done);
  awaitable<void> settle(store::ScanTask task, store::ScanStatus status, bool final, Error failure, Done& done);
  awaitable<void> give_back(std::span<const store::ScanTask> tasks);
  awaitable<Result<bool>> read_layers(Image& image, Done& done);
  awaitable<Result<std::string>> read_layer(blob::BlobRef wanted, std::uint64_t size_bytes);
  awaitable<Result<std::optional<Image>>> find_image(std::int64_t manifest_id);
  awaitable<std::vector<vuln::Statement>> read_statements(std::int64_t manifest_id,
                                                          std::vector<blob::BlobRef> documents);
  awaitable<void> report(Image& image, const store::ScanTask& task, Batch& batch);
  awaitable<void> keep(Batch& batch, Done& done);
  awaitable<std::optional<std::string>> write(std::span<const Ready> some);
  awaitable<bool> want_images_of(std::int64_t name_id, std::int64_t data_version, std::set<std::int64_t>& wanted);

  const Parts parts_;
  std::atomic<bool> stopping_{false};
  vuln::Lookups lookups_;      ///< For the images of a round.
  bool older_wanted_ = false;  ///< What older readers have read is in the queue again.
  boost::asio::thread_pool readers_{1};
};

}  // namespace wharf::scan
