#include "vuln/feeds.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/json.h"
#include "vuln/feed_alpine.h"
#include "vuln/feed_cve.h"
#include "vuln/feed_debian.h"
#include "vuln/feed_osv.h"
#include "vuln/feed_oval.h"
#include "vuln/feed_updateinfo.h"
#include "vuln/feed_vex.h"
#include "vuln/feed_yaml.h"
#include "vuln/input.h"
#include "vuln/json_text.h"

namespace wharf::vuln {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestDocument = std::size_t{64} << 20;
constexpr std::size_t kLargestYaml = std::size_t{1} << 20;
/// What is enough to tell what a file is.
constexpr std::size_t kBeginning = 4096;

/// An input whose first bytes have been looked at.
class Peeked : public Input {
 public:
  explicit Peeked(Input& from) : from_(from) {}

  Result<std::string_view> beginning() {
    while (held_.size() < kBeginning) {
      const std::size_t size = held_.size();
      held_.resize(kBeginning);
      const auto got = from_.read(std::span(held_).subspan(size));
      if (!got) return got.error();
      held_.resize(size + *got);
      if (*got == 0) break;
    }
    return std::string_view(held_);
  }

  std::string_view name() const override { return from_.name(); }
  Result<std::size_t> read(std::span<char> buffer) override {
    if (at_ == held_.size()) return from_.read(buffer);
    const std::size_t size = std::min(buffer.size(), held_.size() - at_);
    std::copy_n(held_.begin() + static_cast<std::ptrdiff_t>(at_), size, buffer.begin());
    at_ += size;
    return size;
  }

 private:
  Input& from_;
  std::string held_;
  std::size_t at_ = 0;
};

/// A file's name without its folder and without what says how it is packed; an "all.zip" is called after its folder.
std::string label_of(const fs::path& path) {
  std::string label = path.filename().string();
  for (bool cut = true; cut;) {
    cut = false;
    for (const std::string_view ending : std::array<std::string_view, 12>{
             ".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".json", ".xml", ".csv", ".yml", ".yaml"}) {
      if (label.size() <= ending.size() || !label.ends_with(ending)) continue;
      label.resize(label.size() - ending.size());
      cut = true;
    }
  }
  const auto folder = path.parent_path().filename().string();
  return label == "all" && !folder.empty() ? folder : label;
}

/// One file on the disk with all that is in it.
class File {
 public:
  File(const fs::path& path, Feeds& feeds) : path_(path), feeds_(feeds) {}

  Result<FileRead> read(const std::function<void(std::uint64_t)>& progress) {
    const auto each = [this](Input& input) { return entry(input); };
    if (auto read = read_file(path_, each, {}, progress); !read) {
      Error error = read.error();
      error.message = path_.filename().string() + ": " + error.message;
      return error;
    }
    if (bad_ > 0 && bad_ * 10 > records_ + bad_) {
      return Error{Errc::invalid_request, path_.filename().string() + ": most of it cannot be understood"};
    }
    return FileRead{.path = path_.string(), .records = records_};
  }

 private:
  Result<void> entry(Input& from) {
    Peeked input(from);
    const auto beginning = input.beginning();
    if (!beginning) return beginning.error();
    const auto first = beginning->find_first_not_of("\xef\xbb\xbf \t\r\n");
    if (first == std::string_view::npos) return {};
    const char c = (*beginning)[first];
    if (c == '<' && is_updateinfo(*beginning)) return whole(input, "updateinfo/" + repository_label(), read_updateinfo);
    if (c == '<') return beginning->find("oval_definitions") == std::string_view::npos ? Result<void>() : oval(input);
    if (is_epss(*beginning)) return whole(input, "epss", read_epss);
    if (c == '{') return json(input, *beginning);
    const fs::path name(input.name());
    if (name.extension() == ".yml" || name.extension() == ".yaml" || path_.extension() == ".yml" ||
        path_.extension() == ".yaml") {
      return yaml(input);
    }
    return {};
  }

  Result<void> whole(Input& input, const std::string& feed, Result<void> (*read)(Input&, Sink&)) {
    ++records_;
    return read(input, feeds_.feed(feed));
  }

  /// Repositories call the file the same everywhere: what tells them apart are the folders that it is in.
  std::string repository_label() const {
    const std::string label = label_of(path_);
    if (!label.ends_with("updateinfo")) return label;
    auto folder = path_.parent_path();
    if (folder.filename() == "repodata") folder = folder.parent_path();
    const auto name = folder.filename().string();
    return name.empty() ? label : name;
  }

  Result<void> oval(Input& input) { return whole(input, "oval/" + label_of(path_), read_oval); }

  Result<void> json(Input& input, std::string_view beginning) {
    if (is_debian_tracker(beginning)) return whole(input, "debian-tracker", read_debian_tracker);
    if (is_kev(beginning)) return whole(input, "kev", read_kev);
    if (is_nvd(beginning)) return whole(input, "nvd/" + label_of(path_), read_nvd);
    const auto text = input.read_all(kLargestDocument);
    if (!text) return text.error();
    const auto parsed = wharf::json::parse(*text);
    if (!parsed) {
      ++bad_;
      feeds_.feed("osv/" + osv_label(input)).skipped("a document that is malformed");
      return {};
    }
    const auto& document = object_in(*parsed);
    if (is_csaf(document)) {
      read_vex(document, feeds_.feed("redhat-vex"));
    } else if (is_secdb(document)) {
      read_secdb(document, feeds_.feed(secdb_name(document)));
    } else if (is_repository_list(document)) {
      read_repository_list(document, feeds_.feed("redhat-repositories"));
    } else if (is_osv(document)) {
      read_osv(document, feeds_.feed("osv/" + osv_label(input)));
    } else {
      return {};
    }
    ++records_;
    return {};
  }

  /// Records that lie loose in a folder are one feed, called after it.
  std::string osv_label(const Input& input) const {
    const bool loose = input.name() == "data" || input.name().empty();
    const auto folder = path_.parent_path().filename().string();
    return loose && !folder.empty() ? folder : label_of(path_);
  }

  Result<void> yaml(Input& input) {
    const auto text = input.read_all(kLargestYaml);
    if (!text) return text.error();
    Result<void> read;
    if (is_gitlab(*text)) {
      read = read_gitlab(*text, feeds_.feed("gitlab/" + gitlab_ecosystem(*text)));
    } else if (is_ruby(*text)) {
      read = read_ruby(*text, feeds_.feed("rubygems"));
    } else {
      return {};
    }
    ++(read ? records_ : bad_);
    return {};
  }

  const fs::path& path_;
  Feeds& feeds_;
  std::size_t records_ = 0;
  std::size_t bad_ = 0;
};

}  // namespace

Result<void> read_feeds(const fs::path& path, Feeds& feeds, const std::function<void(const FileRead&)>& done,
                        const FeedProgress& progress) {
  std::error_code failed;
  std::vector<fs::path> files;
  if (fs::is_directory(path, failed)) {
    for (fs::recursive_directory_iterator at(path, failed), end; !failed && at != end; at.increment(failed)) {
      if (at->is_regular_file(failed)) files.push_back(at->path());
    }
    std::ranges::sort(files);
  } else if (fs::is_regular_file(path, failed)) {
    files.push_back(path);
  }
  if (failed || files.empty()) return Error{Errc::not_found, path.string() + ": there is no such file or folder"};
  std::uint64_t all = 0, before = 0;
  const auto size_of = [&](const fs::path& file) -> std::uint64_t {
    const auto size = fs::file_size(file, failed);
    return failed ? 0 : size;
  };
  for (const auto& file : files) all += size_of(file);
  const auto tell = [&](std::uint64_t bytes) {
    if (progress) progress(before + bytes, all);
  };
  for (const auto& file : files) {
    auto read = File(file, feeds).read(tell);
    if (!read) return read.error();
    done(*read);
    before += size_of(file);
  }
  return {};
}

}  // namespace wharf::vuln
