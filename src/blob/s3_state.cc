#include "blob/s3_state.h"

#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <sstream>

#include "base/random.h"
#include "blob/fs_folders.h"
#include "blob/s3_xml.h"

namespace wharf::blob {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::string_view kContent = "content/";
constexpr std::size_t kPartsASize = 2000;

/// The raw bytes of an ETag that is an MD5; "" for any other.
std::string raw_md5(const std::string& etag) {
  if (etag.size() != 32) return {};
  std::string raw;
  for (std::size_t i = 0; i < etag.size(); i += 2) {
    unsigned int byte = 0;
    const char* end = etag.data() + i + 2;
    if (std::from_chars(etag.data() + i, end, byte, 16).ptr != end) return {};
    raw.push_back(static_cast<char>(byte));
  }
  return raw;
}

}  // namespace

std::string S3UploadState::text() const {
  std::string joined;
  for (const auto& etag : etags) joined += (joined.empty() ? "" : ",") + etag;
  std::string text(kVersion);
  for (const auto& line : {key, parts_id, joined, tail, std::to_string(tail_bytes), tail_etag, old_tail}) {
    text += '\n' + line;
  }
  return text;
}

Result<S3UploadState> S3UploadState::parse(const std::string& text) {
  S3UploadState state;
  if (text.empty()) return state;
  std::istringstream lines(text);
  std::string version, etags, bytes;
  std::getline(lines, version);
  for (auto* line : {&state.key, &state.parts_id, &etags, &state.tail, &bytes, &state.tail_etag, &state.old_tail}) {
    std::getline(lines, *line);
  }
  std::istringstream each(etags);
  for (std::string etag; std::getline(each, etag, ',');) state.etags.push_back(std::move(etag));
  const auto end = bytes.data() + bytes.size();
  if (version != kVersion || std::from_chars(bytes.data(), end, state.tail_bytes).ptr != end) {
    return Error{Errc::upload_invalid, "The upload cannot be continued", "what the blob store kept of it is not valid"};
  }
  return state;
}

std::string s3_folder_of(const std::string& upload_id) { return std::string(kContent) + upload_id + '/'; }

std::string s3_new_key(const std::string& upload_id) {
  return s3_folder_of(upload_id) + random_text(8, "abcdefghijklmnopqrstuvwxyz0123456789");
}

std::string s3_upload_of(const std::string& key) {
  if (!key.starts_with(kContent)) return {};
  auto id = key.substr(kContent.size(), key.find('/', kContent.size()) - kContent.size());
  return is_upload_id(id) ? id : std::string();
}

Result<std::string> s3_place_of(const UploadState& state) {
  const auto parsed = S3UploadState::parse(state.backend);
  if (!parsed) return parsed.error();
  if (!parsed->key.empty()) return parsed->key;
  if (!parsed->tail.empty()) return parsed->tail;
  return s3_folder_of(state.id) + "empty";
}

std::string s3_etag_of_parts(const std::vector<std::string>& etags) {
  std::string all;
  for (const auto& etag : etags) all += raw_md5(etag);
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  EVP_Digest(all.data(), all.size(), raw.data(), &size, EVP_md5(), nullptr);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[raw[i] >> 4];
    text += kDigits[raw[i] & 15];
  }
  return text + '-' + std::to_string(etags.size());
}

std::string s3_etag(const net::HttpReply& reply) {
  auto etag = std::string(reply.header("ETag"));
  std::erase(etag, '"');
  return etag;
}

std::uint64_t s3_part_bytes(const S3Options& options, std::size_t number) {
  const auto doublings = (number - 1) / kPartsASize;
  return std::min(options.least_part_bytes << doublings, options.most_part_bytes);
}

std::uint64_t s3_least_part_bytes(const S3Options& options, std::size_t number) {
  constexpr std::uint64_t kMebibyte = 1024 * 1024;
  const std::uint64_t least = number <= 1000   ? 5
                              : number <= 8000 ? 12
                              : number <= 9000 ? 32
                              : number <= 9500 ? 64
                                               : 128;
  return std::min(least * kMebibyte, std::max(s3_part_bytes(options, number), 5 * kMebibyte));
}

Error s3_unknown_upload() { return {Errc::upload_unknown, "The upload is not known"}; }

awaitable<Result<std::string>> s3_put_part(std::shared_ptr<S3Client> client, const S3UploadState& to,
                                           std::size_t number, S3Body bytes, std::string sha256) {
  S3Request request;
  request.call = S3Call::put_part;
  request.method = "PUT";
  request.key = to.key;
  request.query = {{"partNumber", std::to_string(number)}, {"uploadId", to.parts_id}};
  request.body = std::move(bytes);
  request.body_sha256 = std::move(sha256);
  auto reply = co_await client->send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status == 404) co_return s3_unknown_upload();
  if (reply->status == 400 && number > 1 && xml_text(reply->body, "Code") == "InvalidArgument") {
    // Source: Swift, max_upload_part_num, 1000 by default.
    co_return Error{Errc::payload_too_large,
                    "The blob is too large: the object store takes no more than " + std::to_string(number - 1) +
                        " parts of it, as it is configured",
                    xml_text(reply->body, "Message")};
  }
  if (reply->status != 200) co_return S3Client::failure(*reply);
  auto etag = s3_etag(*reply);
  if (etag.empty()) co_return Error{Errc::unavailable, "The object store's reply is not valid", "a part has no ETag"};
  co_return etag;
}

awaitable<Result<std::optional<S3Head>>> s3_head(std::shared_ptr<S3Client> client, std::string key) {
  S3Request request;
  request.call = S3Call::head;
  request.method = "HEAD";
  request.key = std::move(key);
  const auto reply = co_await client->send(std::move(request));
  if (!reply) co_return reply.error();
  std::optional<S3Head> head;
  if (reply->status == 404) co_return head;
  if (reply->status != 200) co_return S3Client::failure(*reply);
  head.emplace();
  head->etag = s3_etag(*reply);
  const auto length = reply->header("Content-Length");
  std::from_chars(length.data(), length.data() + length.size(), head->size_bytes);
  co_return head;
}

awaitable<Result<bool>> s3_was_ended(std::shared_ptr<S3Client> client, std::string key) {
  if (!client->reopens_uploads()) co_return false;
  const auto head = co_await s3_head(std::move(client), std::move(key));
  if (!head) co_return head.error();
  co_return head->has_value();
}

awaitable<Result<std::string>> s3_get_whole(std::shared_ptr<S3Client> client, std::string key,
                                            std::uint64_t size_bytes) {
  S3Request request;
  request.key = std::move(key);
  request.largest_reply_bytes = static_cast<std::size_t>(size_bytes);
  auto reply = co_await client->send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status == 404) co_return s3_unknown_upload();
  if (reply->status != 200) co_return S3Client::failure(*reply);
  if (reply->body.size() != size_bytes) co_return s3_unknown_upload();
  co_return std::move(reply->body);
}

}  // namespace wharf::blob
