#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "app/config_values.h"
#include "net/address_policy.h"

/// DISTRIBUTED_STORAGE_CONFIG. Names of drivers and parameters are Quay's.
namespace wharf::app::detail {
namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;
constexpr std::uint64_t kLeastPart = 5 * kMebibyte;

constexpr std::string_view kEndpointForm = "endpoint_url: expected http://HOST:PORT or https://HOST:PORT";
constexpr std::string_view kDrivers = "LocalStorage, S3Storage, RadosGWStorage or RHOCSStorage";

/// The parameters of one location; each is taken once, and what is left at the end is none that the driver has.
class Parameters {
 public:
  explicit Parameters(const boost::json::object& given, const Where& where) : where_(where) {
    for (const auto& [name, value] : given) values_.emplace(std::string(name), value);
  }

  std::string text(const char* name) {
    std::string out;
    take<Text>(name, out);
    return out;
  }
  bool flag(const char* name, bool otherwise) {
    take<Boolean>(name, otherwise);
    return otherwise;
  }
  std::uint64_t number(const char* name, std::uint64_t otherwise) {
    take<Count<0, 1'000'000>>(name, otherwise);
    return otherwise;
  }
  std::filesystem::path path(const char* name) {
    std::filesystem::path out;
    take<PathValue>(name, out);
    return out;
  }
  /// Quay's, without a meaning here.
  void ignore(std::initializer_list<const char*> names) {
    for (const auto* name : names) values_.erase(name);
  }
  void refuse(std::string why) {
    if (!wrong_) wrong_ = std::move(why);
  }
  Complaint end(std::string_view driver) {
    if (!wrong_ && !values_.empty()) wrong_ = fmt::format("{} has no {}", driver, values_.begin()->first);
    return wrong_;
  }

 private:
  template <class Kind, class T>
  void take(const char* name, T& out) {
    const auto found = values_.find(name);
    if (found == values_.end()) return;
    if (!found->second.is_null()) {
      if (const auto wrong = Kind::read(found->second, where_, out)) refuse(fmt::format("{}: {}", name, *wrong));
    }
    values_.erase(found);
  }

  const Where& where_;
  std::map<std::string, JsonValue> values_;
  Complaint wrong_;
};

std::string trimmed_path(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text.substr(std::min(text.find_first_not_of('/'), text.size()));
}

/// Of the process: what other programs that use S3 read there.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool is_amazon(std::string_view host) {
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

/// "eu-west-1", "us-gov-east-1".
bool is_amazon_region(std::string_view text) {
  const auto last = text.rfind('-');
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
  return last != std::string_view::npos && last > 3 && text[2] == '-' && last + 2 == text.size() &&
         text.back() >= '1' && text.back() <= '9' && std::ranges::all_of(text.substr(0, last), is_letter);
}

/// The region that one of AWS's hosts names: "s3.eu-west-1.amazonaws.com", "s3-us-west-2.amazonaws.com",
/// "s3.dualstack.eu-west-1.amazonaws.com", "s3-fips.us-east-1.amazonaws.com", "….s3.eu-west-1.vpce.amazonaws.com"; ""
/// for any other. Source: AWS, "Amazon Simple Storage Service endpoints and quotas".
std::string region_of(std::string_view host) {
  if (!is_amazon(host)) return {};
  while (!host.empty()) {
    const auto dot = std::min(host.find('.'), host.size());
    auto label = host.substr(0, dot);
    for (const std::string_view prefix : {"s3-fips-", "s3-"}) {
      if (label.starts_with(prefix)) label.remove_prefix(prefix.size());
    }
    if (is_amazon_region(label)) return std::string(label);
    host.remove_prefix(std::min(dot + 1, host.size()));
  }
  return {};
}

/// Scheme and host as the store is told them: what is signed must be what is sent.
void set_url(Parameters& parameters, std::string_view form, std::string text, ObjectStorage& out) {
  while (text.ends_with('/')) text.pop_back();
  const auto url = net::parse_url(text);
  if (!url) return parameters.refuse(fmt::format("{}. {}", form, url.error().message));
  if (url->path != "/") return parameters.refuse(fmt::format("{}, without a path", form));
  out.scheme = url->scheme;
  out.host = net::to_string(*url).substr(url->scheme.size() + 3);
  out.host.pop_back();
}

void set_host(Parameters& parameters, std::string_view name, const std::string& host, ObjectStorage& out) {
  const bool secure = parameters.flag("is_secure", true);
  const auto port = parameters.number("port", 0);
  if (host.empty()) return;
  const auto text = (secure ? "https://" : "http://") + host + (port != 0 ? ':' + std::to_string(port) : "");
  set_url(parameters, fmt::format("{}: expected a host's name, and its port as port", name), text, out);
}

/// That a bucket that is part of the host's name makes one.
void check_style(Parameters& parameters, const ObjectStorage& out) {
  if (out.path_style || out.bucket.empty() || out.host.empty()) return;
  const auto text = out.scheme + "://" + out.bucket + '.' + out.host + '/';
  const auto url = net::parse_url(text);
  if (url && net::to_string(*url) == text) return;
  parameters.refuse("addressing_style: the bucket cannot be part of the host's name; expected path");
}

/// What the drivers have in common.
void read_common(Parameters& parameters, ObjectStorage& out) {
  out.prefix = trimmed_path(parameters.text("storage_path"));
  const auto signature = parameters.text("signature_version");
  if (!signature.empty() && signature != "v4" && signature != "s3v4") {
    parameters.refuse("signature_version: only version 4 is supported: v4 or s3v4");
  }
  const auto least = parameters.number("minimum_chunk_size_mb", 0);
  if (least > 0) out.least_part_bytes = std::max(least * kMebibyte, kLeastPart);
  auto most = parameters.number("maximum_chunk_size_mb", 0);
  if (const auto most_gb = parameters.number("maximum_chunk_size_gb", 0); most_gb > 0) most = most_gb * 1024;
  // Each upload holds two parts in memory: Quay's default of 5 GB is no size for that.
  if (most > 0) out.most_part_bytes = std::min(most * kMebibyte, out.most_part_bytes);
  out.most_part_bytes = std::max(out.most_part_bytes, out.least_part_bytes);
  out.ca_file = parameters.path("ca_cert_path").string();
  const auto style = parameters.text("addressing_style");
  if (style != "" && style != "auto" && style != "path" && style != "virtual") {
    parameters.refuse("addressing_style: expected path, virtual or auto");
  }
  if (style == "path" || style == "virtual") out.path_style = style == "path";
  check_style(parameters, out);
}

Complaint read_s3(Parameters parameters, ObjectStorage& out) {
  out.bucket = parameters.text("s3_bucket");
  out.access_key = parameters.text("s3_access_key");
  out.secret_key = parameters.text("s3_secret_key");
  auto region = parameters.text("s3_region");
  if (auto other = parameters.text("region"); !other.empty()) region = std::move(other);
  auto around = variable("AWS_REGION");
  if (around.empty()) around = variable("AWS_DEFAULT_REGION");
  const auto& known = region.empty() ? around : region;
  auto host = parameters.text("host");
  const auto url = parameters.text("endpoint_url");
  if (host.empty()) {
    host = known.empty() ? "s3.amazonaws.com" : "s3." + known + ".amazonaws.com";
    if (known.starts_with("cn-")) host += ".cn";
  }
  set_host(parameters, "host", host, out);
  if (!url.empty()) set_url(parameters, kEndpointForm, url, out);
  out.region = region;
  if (out.region.empty()) out.region = region_of(out.host);
  if (out.region.empty()) out.region = around;
  out.region_is_known = !out.region.empty();
  if (out.region.empty()) out.region = "us-east-1";
  // Buckets with dots in their names have no certificate of their own.
  out.path_style = !is_amazon(out.host) || out.bucket.find('.') != std::string::npos;
  read_common(parameters, out);
  if (out.bucket.empty()) parameters.refuse("S3Storage needs s3_bucket");
  if (out.access_key.empty() != out.secret_key.empty()) {
    parameters.refuse("s3_access_key and s3_secret_key go together");
  }
  return parameters.end("S3Storage");
}

Complaint read_gateway(Parameters parameters, std::string_view driver, ObjectStorage& out) {
  out.bucket = parameters.text("bucket_name");
  out.access_key = parameters.text("access_key");
  out.secret_key = parameters.text("secret_key");
  const auto host = parameters.text("hostname");
  set_host(parameters, "hostname", host, out);
  if (const auto region = parameters.text("region"); !region.empty()) out.region = region;
  read_common(parameters, out);
  parameters.ignore({"server_side_assembly"});  // Parts are always put together by the store.
  for (const auto& [name, value] :
       {std::pair<std::string_view, const std::string&>{"hostname", host}, {"bucket_name", out.bucket}}) {
    if (value.empty()) parameters.refuse(fmt::format("{} needs {}", driver, name));
  }
  if (out.access_key.empty() != out.secret_key.empty()) parameters.refuse("access_key and secret_key go together");
  if (out.access_key.empty() && (variable("AWS_ACCESS_KEY_ID").empty() || variable("AWS_SECRET_ACCESS_KEY").empty())) {
    parameters.refuse(
        fmt::format("{} needs access_key and secret_key, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
                    "in the environment",
                    driver));
  }
  return parameters.end(driver);
}

Complaint read_location(std::string_view driver, Parameters parameters, StorageLocation& out) {
  if (driver == "LocalStorage") {
    out.path = parameters.path("storage_path");
    if (out.path.empty()) parameters.refuse("LocalStorage needs storage_path");
    return parameters.end(driver);
  }
  ObjectStorage objects{.driver = std::string(driver)};
  Complaint wrong;
  if (driver == "S3Storage") {
    wrong = read_s3(std::move(parameters), objects);
  } else if (driver == "RadosGWStorage" || driver == "RHOCSStorage") {
    wrong = read_gateway(std::move(parameters), driver, objects);
  } else {
    return fmt::format("{}: the driver {} is not supported; expected {}", StorageValue::kForm, driver, kDrivers);
  }
  out.objects = std::move(objects);
  return wrong;
}

/// Names go into places, `@ID/…`, as soon as there are several.
bool is_location_name(std::string_view id) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
           c == '.';
  };
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, fits);
}

/// Whether both keep the same bytes: what is moved from one to the other would be deleted as left behind.
bool is_same_store(const StorageLocation& a, const StorageLocation& b) {
  if (a.objects && b.objects) {
    return a.objects->host == b.objects->host && a.objects->bucket == b.objects->bucket &&
           a.objects->prefix == b.objects->prefix;
  }
  const auto folder = [](const std::filesystem::path& path) { return trimmed_path(path.lexically_normal().string()); };
  return !a.objects && !b.objects && folder(a.path) == folder(b.path);
}

Complaint check_together(const std::vector<StorageLocation>& locations) {
  if (locations.size() == 1) return std::nullopt;
  for (std::size_t i = 0; i < locations.size(); ++i) {
    if (!is_location_name(locations[i].id)) {
      return fmt::format("names of 1 to 64 letters, digits, '_', '-' and '.', as there are several: not \"{}\"",
                         locations[i].id);
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (is_same_store(locations[i], locations[j])) {
        return fmt::format("a store of its own for each: {} and {} are the same", locations[j].id, locations[i].id);
      }
    }
  }
  return std::nullopt;
}

JsonValue shown_location(const StorageLocation& location) {
  if (const auto& objects = location.objects) {
    boost::json::object parameters{{"endpoint_url", objects->scheme + "://" + objects->host},
                                   {"bucket_name", objects->bucket},
                                   {"storage_path", '/' + objects->prefix}};
    return boost::json::array{objects->driver, std::move(parameters)};
  }
  return boost::json::array{"LocalStorage", boost::json::object{{"storage_path", location.path.string()}}};
}

}  // namespace

Complaint StorageValue::read(const JsonValue& value, const Where& where, std::vector<StorageLocation>& out) {
  const auto whole = unfolded(value);
  const auto* locations = whole.if_object();
  if (locations == nullptr || locations->empty()) return std::string(kForm);
  std::vector<StorageLocation> all;
  for (const auto& [id, location] : *locations) {
    const auto* pair = location.if_array();
    if (pair == nullptr || pair->size() != 2 || !pair->at(0).is_string() || !pair->at(1).is_object()) {
      return std::string(kForm);
    }
    StorageLocation read{.id = std::string(id), .path = {}, .objects = {}};
    const std::string driver(pair->at(0).get_string());
    if (auto wrong = read_location(driver, Parameters(pair->at(1).get_object(), where), read)) return wrong;
    all.push_back(std::move(read));
  }
  if (auto wrong = check_together(all)) return wrong;
  out = std::move(all);
  return std::nullopt;
}

/// Without the keys.
JsonValue StorageValue::write(const std::vector<StorageLocation>& value) {
  if (value.size() == 1 && !value.front().objects && value.front().path.empty()) return nullptr;
  boost::json::object shown;
  for (const auto& location : value) shown[location.id] = shown_location(location);
  return shown;
}

}  // namespace wharf::app::detail
