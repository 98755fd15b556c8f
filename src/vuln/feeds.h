#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "vuln/sink.h"

namespace wharf::vuln {

/// Where the records of many feeds go.
class Feeds {
 public:
  virtual ~Feeds() = default;
  /// The sink of the feed of this name, which stays good. An update replaces a feed as a whole.
  virtual Sink& feed(const std::string& name) = 0;
};

/// What was read of one file.
struct FileRead {
  std::string path;
  std::size_t records = 0;  ///< Documents and records; 0: nothing in it is of a kind that is known.
};

/// Told how far it is: bytes read of all files together, and of how many.
using FeedProgress = std::function<void(std::uint64_t bytes, std::uint64_t of)>;

/// Reads every feed in `path`: a file, or all files in a folder and below it, in the form in which they are published.
/// What a file is, is told by what is in it; what is of no known kind (a licence, a list of modules) is passed over.
/// A feed is called after its kind and its source: "debian-tracker", "oval/<file>", "updateinfo/<folder>",
/// "alpine/v3.20/main", "redhat-vex", "osv/<file, or the folder of an all.zip>", "gitlab/npm", "rubygems", "epss",
/// "kev", "nvd/<file>".
/// `done` is told of each file once it has been read, `progress` how far it is on the way there.
/// Errors: not_found; invalid_request for a damaged file, or one of which more than a tenth cannot be understood.
Result<void> read_feeds(const std::filesystem::path& path, Feeds& feeds,
                        const std::function<void(const FileRead&)>& done, const FeedProgress& progress = {});

}  // namespace wharf::vuln
