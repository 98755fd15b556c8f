#include "app/commands_gc.h"

#include <ostream>

#include "app/counted.h"
#include "base/json.h"
#include "base/testing.h"

namespace wharf::app {
namespace {

struct FreedShown {
  bool dry_run = false;
  std::int64_t namespaces = 0;
  std::int64_t repositories = 0;
  std::int64_t tags = 0;
  std::int64_t manifests = 0;
  std::int64_t blobs = 0;
  std::int64_t stray_files = 0;  ///< Of the blobs: files that no row named.
  std::int64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(FreedShown, (), (dry_run, namespaces, repositories, tags, manifests, blobs, stray_files, bytes))

void print(const FreedShown& shown, std::ostream& out) {
  out << (shown.dry_run ? "Would free " : "Freed ") << sized(shown.bytes) << " in "
      << counted(shown.blobs, "blob", "blobs") << ".\n";
  out << (shown.dry_run ? "Would delete " : "Deleted ") << counted(shown.tags, "tag", "tags") << ", "
      << counted(shown.manifests, "manifest", "manifests") << ", "
      << counted(shown.repositories, "repository", "repositories") << " and "
      << counted(shown.namespaces, "namespace", "namespaces") << ".\n";
  if (shown.stray_files > 0) {
    out << counted(shown.stray_files, "blob was a file", "blobs were files") << " that nothing named.\n";
  }
}

}  // namespace

int collect_garbage(service::GarbageService& garbage, const GcCommand& command, std::ostream& out, std::ostream& err) {
  try {
    store::Freed freed;
    if (command.dry_run) {
      freed = run_awaitable(garbage.preview());
    } else {
      freed = run_awaitable(garbage.collect({.everything = true, .one_node = false}, nullptr)).freed;
    }
    const FreedShown shown{.dry_run = command.dry_run,
                           .namespaces = freed.namespaces,
                           .repositories = freed.repositories,
                           .tags = freed.tags,
                           .manifests = freed.manifests,
                           .blobs = freed.blobs,
                           .stray_files = freed.strays,
                           .bytes = freed.bytes};
    if (command.json) {
      out << json::encode(shown) << "\n";
    } else {
      print(shown, out);
    }
    return 0;
  } catch (const Accident& accident) {
    err << "wharf: " << accident.error().message << " (" << accident.error().detail << ")\n";
    return 1;
  }
}

}  // namespace wharf::app
