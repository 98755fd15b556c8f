#include <algorithm>
#include <charconv>

#include "base/random.h"
#include "blob/backends.h"
#include "blob/fs_folders.h"
#include "blob/fs_upload.h"
#include "blob/s3_reader.h"
#include "blob/s3_state.h"
#include "blob/s3_xml.h"
#include "blob/sha512.h"

namespace wharf::blob {
namespace {

constexpr std::string_view kContent = "content/";
constexpr std::string_view kByDigest = "sha256/";
constexpr std::size_t kUploadsAPage = 1000;
constexpr std::size_t kMostUploads = 20'000;
constexpr std::size_t kKeysADelete = 1000;

Error unknown_blob(const Digest& digest) {
  return Error{Errc::blob_unknown, "The blob is not known", {}, digest.text()};
}

/// Where a blob is, below the prefix; "" for one that cannot be here.
std::string key_of(const BlobRef& blob) {
  if (!blob.place.empty()) return blob.place;
  return blob.digest.is_sha256() ? std::string(kByDigest) + blob_path(blob.digest) : std::string();
}

/// The id of the registry that the blobs belong to.
constexpr auto kOwner = "registry";

class S3BlobStore final : public BlobStore {
 public:
  S3BlobStore(S3Options options, boost::asio::thread_pool& pool)
      : client_(std::make_shared<S3Client>(std::move(options))),
        memory_(std::make_shared<S3UploadMemory>(client_->options().upload_memory_bytes,
                                                 client_->options().assembly_memory_bytes)),
        pool_(pool) {}

  awaitable<Result<UploadState>> begin() override {
    co_return UploadState{.id = random_uuid(), .size_bytes = 0, .hash = Sha256().state(), .backend = {}};
  }

  awaitable<Result<std::unique_ptr<UploadWriter>>> resume(UploadState state) override {
    co_return co_await make_s3_writer(client_, memory_, pool_, std::move(state));
  }

  std::string place_of(const UploadState& state) const override {
    auto place = s3_place_of(state);
    return place ? std::move(*place) : std::string();
  }

  awaitable<Result<Digest>> finish(UploadState state) override {
    if (!is_upload_id(state.id)) co_return s3_unknown_upload();
    const auto hash = hash_of(state);
    if (!hash) co_return hash.error();
    auto parsed = S3UploadState::parse(state.backend);
    if (!parsed) co_return parsed.error();
    auto done = parsed->key.empty() ? co_await finish_one(state) : co_await finish_parts(*parsed, state);
    if (!done) co_return done.error();
    co_return hash->digest();
  }

  awaitable<Result<Digest>> sha512(UploadState state) override {
    Sha512 hash;
    if (auto valid = hash_of(state); !valid) co_return valid.error();
    if (state.size_bytes == 0) co_return hash.digest();
    // Parts cannot be read before they are put together; finish() may be asked again.
    auto finished = co_await finish(state);
    if (!finished) co_return finished.error();
    auto read = co_await read_through(place_of(state), state.size_bytes, hash);
    if (!read) co_return read.error();
    co_return hash.digest();
  }

  awaitable<Result<bool>> abort(UploadState state) override {
    if (!is_upload_id(state.id)) co_return false;
    auto uploads = co_await multiparts(s3_folder_of(state.id));
    if (!uploads) co_return uploads.error();
    for (const auto& upload : *uploads) {
      S3Request request;
      request.call = S3Call::abort_parts;
      request.method = "DELETE";
      request.key = upload.key;
      request.query = {{"uploadId", upload.id}};
      const auto reply = co_await client_->send(std::move(request));
      if (!reply) co_return reply.error();
    }
    // What the state names is this upload's alone, and nothing else may be deleted: a blob may lie beside it.
    auto parsed = S3UploadState::parse(state.backend);
    if (!parsed) co_return parsed.error();
    std::vector<std::string> own;
    for (auto* key : {&parsed->key, &parsed->tail, &parsed->old_tail}) {
      if (!key->empty()) own.push_back(std::move(*key));
    }
    if (own.empty()) co_return !uploads->empty();
    auto there = co_await list_up_to(s3_folder_of(state.id), {}, kUploadsAPage);
    if (!there) co_return there.error();
    const auto is_gone = [&there](const std::string& key) {
      return std::ranges::none_of(*there, [&key](const S3Object& object) { return object.key == key; });
    };
    std::erase_if(own, is_gone);
    const bool any = !own.empty() || !uploads->empty();
    auto left = co_await client_->remove(std::move(own));
    if (!left) co_return left.error();
    co_return any;
  }

  awaitable<Result<std::optional<BlobInfo>>> stat(BlobRef blob) override {
    std::optional<BlobInfo> info;
    auto key = key_of(blob);
    if (key.empty()) co_return info;
    auto head = co_await s3_head(client_, std::move(key));
    if (!head) co_return head.error();
    if (*head) info = BlobInfo{(*head)->size_bytes};
    co_return info;
  }

  awaitable<Result<http::Body>> open(BlobRef blob, std::uint64_t offset, std::uint64_t length_bytes) override {
    auto key = key_of(blob);
    if (key.empty()) co_return unknown_blob(blob.digest);
    if (length_bytes == 0) co_return http::Body(std::string());
    auto body = co_await open_s3(client_, std::move(key), offset, length_bytes);
    if (!body && body.error().code == Errc::blob_unknown) co_return unknown_blob(blob.digest);
    co_return body;
  }

  awaitable<Result<std::string>> read(BlobRef blob, std::size_t limit_bytes) override {
    S3Request request;
    request.key = key_of(blob);
    if (request.key.empty()) co_return unknown_blob(blob.digest);
    request.largest_reply_bytes = std::numeric_limits<std::size_t>::max();
    auto head = co_await s3_head(client_, request.key);
    if (!head) co_return head.error();
    if (!*head) co_return unknown_blob(blob.digest);
    if ((*head)->size_bytes > limit_bytes) co_return Error{Errc::payload_too_large, "The blob is too large"};
    if ((*head)->size_bytes == 0) co_return std::string();
    auto reply = co_await client_->send(std::move(request));
    if (!reply) co_return reply.error();
    if (reply->status == 404) co_return unknown_blob(blob.digest);
    if (reply->status != 200) co_return S3Client::failure(*reply);
    co_return std::move(reply->body);
  }

  awaitable<Result<std::optional<std::string>>> link(BlobRef blob) override {
    auto key = key_of(blob);
    if (key.empty()) co_return std::nullopt;
    auto url = co_await client_->link(std::move(key));
    if (!url) co_return url.error();
    co_return std::optional(std::move(*url));
  }

  awaitable<Result<bool>> remove(BlobRef blob) override {
    auto key = key_of(blob);
    if (key.empty()) co_return false;
    co_return co_await remove_place(std::move(key));
  }

  awaitable<std::vector<Result<bool>>> remove_all(std::vector<BlobRef> blobs) override {
    std::vector<Result<bool>> gone;
    for (std::size_t at = 0; at < blobs.size(); at += kKeysADelete) {
      std::vector<std::string> keys;
      for (std::size_t i = at; i < std::min(blobs.size(), at + kKeysADelete); ++i) keys.push_back(key_of(blobs[i]));
      const auto left = co_await client_->remove(keys);
      for (const auto& key : keys) {
        if (!left) {
          gone.push_back(left.error());
        } else if (std::ranges::find(*left, key) != left->end()) {
          gone.push_back(Error{Errc::unavailable, "The object store did not delete the blob"});
        } else {
          gone.push_back(true);
        }
      }
    }
    co_return gone;
  }

  awaitable<Result<bool>> remove_place(std::string place) override {
    S3Request request;
    request.call = S3Call::remove;
    request.method = "DELETE";
    request.key = std::move(place);
    const auto reply = co_await client_->send(std::move(request));
    if (!reply) co_return reply.error();
    if (reply->status == 404) co_return false;
    if (reply->status != 204 && reply->status != 200) co_return S3Client::failure(*reply);
    co_return true;
  }

  // In the order of names: "content/…" comes before "sha256:…".
  awaitable<Result<std::vector<BlobEntry>>> list(std::string after, std::size_t limit) override {
    std::vector<BlobEntry> entries;
    if (!after.starts_with("sha256:")) {
      auto placed = co_await list_up_to(std::string(kContent), after, limit);
      if (!placed) co_return placed.error();
      for (auto& object : *placed) {
        auto upload = s3_upload_of(object.key);
        entries.push_back(
            {std::nullopt, std::move(object.key), object.size_bytes, object.modified_ms, std::move(upload)});
      }
      if (entries.size() == limit) co_return entries;
      after.clear();
    }
    std::string from;
    if (const auto last = Digest::parse(after)) from = key_of(*last);
    // Other names may lie among them, as another program leaves them; a page of nothing but those is passed over.
    for (bool more = true; more && entries.size() < limit;) {
      const auto wanted = limit - entries.size();
      auto named = co_await list_up_to(std::string(kByDigest), from, wanted);
      if (!named) co_return named.error();
      more = named->size() == wanted;
      for (const auto& object : *named) {
        from = object.key;
        const auto digest = Digest::parse("sha256:" + object.key.substr(object.key.find_last_of('/') + 1));
        if (!digest || key_of(*digest) != object.key) continue;
        entries.push_back({digest, {}, object.size_bytes, object.modified_ms});
      }
    }
    co_return entries;
  }

  awaitable<Result<std::vector<StaleUpload>>> uploads_older_than(Millis before_ms) override {
    auto found = co_await multiparts(std::string(kContent));
    if (!found) co_return found.error();
    std::vector<StaleUpload> stale;
    for (const auto& upload : *found) {
      auto id = s3_upload_of(upload.key);
      if (!id.empty() && upload.since_ms < before_ms) stale.push_back({std::move(id), 0, upload.since_ms});
    }
    co_return stale;
  }

  void count_in(metrics::Registry& metrics) override {
    client_->count_in(metrics);
    memory_->count_in(metrics, client_->options().bucket + '/' + client_->options().prefix);
  }
  void stop() override {
    memory_->close();
    client_->stop();
  }

  awaitable<Result<std::string>> owner(std::string mine, bool may_note) override {
    auto noted = co_await noted_owner();
    if (!noted || !noted->empty() || !may_note) co_return noted;
    S3Request put;
    put.call = S3Call::put;
    put.method = "PUT";
    put.key = kOwner;
    put.body = s3_body(std::move(mine));
    const auto written = co_await client_->send(std::move(put));
    if (!written) co_return written.error();
    if (written->status != 200) co_return S3Client::failure(*written);
    // If another registry has noted itself at the same moment, the last one has it, for both.
    co_return co_await noted_owner();
  }

  awaitable<Result<bool>> check() override {
    // Named as an upload's, so that one which a crash leaves behind is cleaned up like one.
    const auto key = s3_new_key(random_uuid());
    const auto probe = "probe " + key;
    S3Request put;
    put.call = S3Call::put;
    put.method = "PUT";
    put.key = key;
    put.body = s3_body(probe);
    const auto written = co_await client_->send(std::move(put));
    if (!written) co_return written.error();
    if (written->status != 200) co_return S3Client::failure(*written);
    S3Request get;
    get.key = key;
    const auto back = co_await client_->send(std::move(get));
    if (!back) co_return back.error();
    const bool same = back->status == 200 && back->body == probe;
    const auto removed = co_await remove_place(key);
    if (!removed) co_return removed;
    if (!same) co_return Error{Errc::unavailable, "The object store does not give back what it was given"};
    co_return true;
  }

 private:
  awaitable<Result<std::string>> noted_owner() {
    S3Request get;
    get.key = kOwner;
    auto reply = co_await client_->send(std::move(get));
    if (!reply) co_return reply.error();
    if (reply->status == 404) co_return std::string();
    if (reply->status != 200) co_return S3Client::failure(*reply);
    co_return std::move(reply->body);
  }

  struct Multipart {
    std::string key, id;
    Millis since_ms = 0;
  };

  /// An upload that is one object: it is there, or it is not.
  awaitable<Result<bool>> finish_one(UploadState state) {
    const auto key = place_of(state);
    if (state.size_bytes == 0) {
      S3Request request;
      request.call = S3Call::put;
      request.method = "PUT";
      request.key = key;
      const auto reply = co_await client_->send(std::move(request));
      if (!reply) co_return reply.error();
      if (reply->status != 200) co_return S3Client::failure(*reply);
      co_return true;
    }
    const auto head = co_await s3_head(client_, key);
    if (!head) co_return head.error();
    if (!*head || (*head)->size_bytes != state.size_bytes) co_return s3_unknown_upload();
    co_return true;
  }

  /// Puts the parts together; what is left over becomes the last one.
  awaitable<Result<bool>> finish_parts(S3UploadState parts, UploadState state) {
    auto etags = parts.etags;
    if (!parts.tail.empty()) {
      auto memory = co_await client_->turn(memory_->assembly, parts.tail_bytes);
      if (!memory) co_return memory.error();
      auto bytes = co_await s3_get_whole(client_, parts.tail, parts.tail_bytes);
      if (!bytes && bytes.error().code == Errc::upload_unknown) co_return co_await was_finished(parts, state);
      if (!bytes) co_return bytes.error();
      const auto ended = co_await s3_was_ended(client_, parts.key);
      if (!ended) co_return ended.error();
      if (*ended) co_return co_await was_finished(parts, state);
      auto body = s3_body(std::move(*bytes));
      auto etag = co_await s3_put_part(client_, parts, etags.size() + 1, std::move(body), {});
      if (!etag && etag.error().code == Errc::upload_unknown) co_return co_await was_finished(parts, state);
      if (!etag) co_return etag.error();
      etags.push_back(std::move(*etag));
    } else {
      const auto ended = co_await s3_was_ended(client_, parts.key);
      if (!ended) co_return ended.error();
      if (*ended) co_return co_await was_finished(parts, state);
    }
    std::string body = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < etags.size(); ++i) {
      body += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>&quot;" + xml_escape(etags[i]) +
              "&quot;</ETag></Part>";
    }
    S3Request request;
    request.call = S3Call::end_parts;
    request.method = "POST";
    request.key = parts.key;
    request.query = {{"uploadId", parts.parts_id}};
    request.body = s3_body(body + "</CompleteMultipartUpload>");
    request.patience = std::chrono::seconds(120);
    const auto reply = co_await client_->send(std::move(request));
    if (!reply) co_return reply.error();
    const auto code = xml_text(reply->body, "Code");
    // Other parts than these: two requests wrote at once.
    if (code == "InvalidPart" || code == "InvalidPartOrder") co_return s3_unknown_upload();
    if (reply->status == 404 || code == "NoSuchUpload") co_return co_await was_finished(parts, state);
    if (reply->status != 200 || s3_is_error(reply->body)) co_return S3Client::failure(*reply);
    if (xml_elements(reply->body, "CompleteMultipartUploadResult").empty()) {
      // Neither yes nor no. (With it that is a yes: Ceph leaves its ETag empty.)
      auto done = co_await was_finished(parts, state);
      if (!done && done.error().code == Errc::upload_unknown) co_return S3Client::failure(*reply);
      if (!done) co_return done.error();
    }
    if (!parts.tail.empty()) {
      std::vector<std::string> rest{parts.tail};
      if (!parts.old_tail.empty()) rest.push_back(parts.old_tail);
      (void)co_await client_->remove(std::move(rest));  // What stays is found as bytes that nobody has.
    }
    co_return true;
  }

  /// The multipart upload is gone. If its object has the bytes of this state, an earlier call ended it: its ETag says
  /// so, where ETags are what they are by default; elsewhere (keys of a KMS) the bytes themselves do. Their size alone
  /// is no proof: of two requests that end an upload with different bytes one has made the object.
  awaitable<Result<bool>> was_finished(S3UploadState parts, UploadState state) {
    const auto head = co_await s3_head(client_, parts.key);
    if (!head) co_return head.error();
    auto etags = parts.etags;
    if (!parts.tail.empty()) etags.push_back(parts.tail_etag);
    if (!*head || (*head)->size_bytes != state.size_bytes) co_return s3_unknown_upload();
    if ((*head)->etag == s3_etag_of_parts(etags)) co_return true;
    Sha256 hash;
    auto read = co_await read_through(parts.key, state.size_bytes, hash);
    if (!read) co_return read.error();
    const auto expected = hash_of(state);
    if (!expected || hash.digest() != expected->digest()) co_return s3_unknown_upload();
    co_return true;
  }

  /// Has `hash` see the bytes of an object.
  template <class Hash>
  awaitable<Result<bool>> read_through(std::string key, std::uint64_t size_bytes, Hash& hash) {
    auto body = co_await open_s3(client_, std::move(key), 0, size_bytes);
    if (!body && body.error().code == Errc::blob_unknown) co_return s3_unknown_upload();
    if (!body) co_return body.error();
    auto stream = std::get<http::StreamBody>(std::move(*body));
    std::string piece;
    while (true) {
      piece.clear();
      const auto more = co_await stream.next(piece);
      if (!more) co_return more.error();
      if (!*more) co_return true;
      hash.update(std::as_bytes(std::span(piece)));
    }
  }

  /// The objects after `after`, as many as wanted if there are so many: a page of the store may have fewer, or none.
  awaitable<Result<std::vector<S3Object>>> list_up_to(std::string prefix, std::string after, std::size_t limit) {
    std::vector<S3Object> all;
    std::string next;
    do {
      auto page = co_await client_->list(prefix, after, limit - all.size(), next);
      if (!page) co_return page.error();
      std::ranges::move(page->objects, std::back_inserter(all));
      next = page->next;
    } while (!next.empty() && all.size() < limit);
    co_return all;
  }

  /// Source: AWS, ListMultipartUploads.
  awaitable<Result<std::vector<Multipart>>> multiparts(std::string prefix) {
    const auto& options = client_->options();
    const auto base = options.prefix.empty() ? std::string() : options.prefix + '/';
    std::vector<Multipart> found;
    std::string key_marker, id_marker;
    for (bool more = true; more && found.size() < kMostUploads;) {
      S3Request request;
      request.call = S3Call::list_parts;
      request.on_bucket = true;
      request.query = {{"uploads", ""}, {"prefix", base + prefix}, {"max-uploads", std::to_string(kUploadsAPage)}};
      if (!key_marker.empty()) {
        request.query.emplace_back("key-marker", key_marker);
        request.query.emplace_back("upload-id-marker", id_marker);
      }
      const auto reply = co_await client_->send(std::move(request));
      if (!reply) co_return reply.error();
      if (reply->status != 200) co_return S3Client::failure(*reply);
      for (const auto element : xml_elements(reply->body, "Upload")) {
        const auto key = xml_text(element, "Key");
        if (!key.starts_with(base)) continue;
        found.push_back({key.substr(base.size()), xml_text(element, "UploadId"),
                         parse_rfc3339(xml_text(element, "Initiated")).value_or(0)});
      }
      more = xml_text(reply->body, "IsTruncated") == "true";
      auto next_key = xml_text(reply->body, "NextKeyMarker"), next_id = xml_text(reply->body, "NextUploadIdMarker");
      if (more && (next_key.empty() || (next_key == key_marker && next_id == id_marker))) {
        co_return Error{Errc::unavailable, "The object store's reply is not valid", "a listing does not go on"};
      }
      key_marker = std::move(next_key);
      id_marker = std::move(next_id);
    }
    co_return found;
  }

  std::shared_ptr<S3Client> client_;
  std::shared_ptr<S3UploadMemory> memory_;
  boost::asio::thread_pool& pool_;
};

}  // namespace

std::unique_ptr<BlobStore> make_s3_blob_store(S3Options options, boost::asio::thread_pool& pool) {
  return std::make_unique<S3BlobStore>(std::move(options), pool);
}

}  // namespace wharf::blob
