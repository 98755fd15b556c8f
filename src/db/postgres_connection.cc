#include "db/postgres_connection.h"

#include <endian.h>
#include <poll.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace wharf::db {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPreparedStatements = 512;
constexpr int kOldestServer = 120'000;
constexpr auto kPatience = std::chrono::seconds(3);  // with a statement, before it is asked whether anybody is there

// Types' numbers. Source: PostgreSQL, src/include/catalog/pg_type.dat.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;
constexpr Oid kFloat8 = 701;

constexpr int kWatchesClients = 140'000;
constexpr Query kCommit{"postgres.commit", "COMMIT"};
constexpr Query kProbe{"postgres.probe", "SELECT 1"};
// A statement whose client has gone ends within so many milliseconds, instead of running to its end for nobody.
constexpr std::string_view kWatchClients = "set_config('client_connection_check_interval', '2000', ";

std::string seconds(std::chrono::milliseconds time) {
  return std::to_string(std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(time).count()));
}

/// As libpq takes them. What stands after `dbname` wins over the URI, what stands before it is a default.
struct ConnectOptions {
  explicit ConnectOptions(const PostgresSettings& settings) : patience_(seconds(settings.connect_timeout)) {
    add("connect_timeout", patience_);
    add("keepalives_idle", "30");
    add("tcp_user_timeout", "30000");
    add("fallback_application_name", "wharf");
    add("dbname", settings.uri.conninfo);
    add("client_encoding", "UTF8");
    if (settings.only) {
      add("host", settings.only->host);
      add("hostaddr", settings.only->address);
      add("port", settings.only->port);
      add("connect_timeout", patience_);
    }
    keys_.push_back(nullptr);
    values_.push_back(nullptr);
  }
  ConnectOptions(const ConnectOptions&) = delete;
  ConnectOptions& operator=(const ConnectOptions&) = delete;

  const char* const* keys() const { return keys_.data(); }
  const char* const* values() const { return values_.data(); }

 private:
  /// `value` outlives this.
  void add(const char* key, const char* value) {
    keys_.push_back(key);
    values_.push_back(value);
  }
  void add(const char* key, const std::string& value) { add(key, value.c_str()); }

  const std::string patience_;
  std::vector<const char*> keys_;
  std::vector<const char*> values_;
};

/// `set_config(…, local)` of the time-outs, for what stands open on the server.
std::string set_timeouts(std::chrono::milliseconds timeout, std::string_view local) {
  std::string sql;
  for (const char* name : {"statement_timeout", "idle_in_transaction_session_timeout"}) {
    if (!sql.empty()) sql += ", ";
    sql.append("set_config('").append(name).append("', '").append(std::to_string(timeout.count())).append("', ");
    sql.append(local).append(")");
  }
  return sql;
}

}  // namespace

/// Parameters in libpq's parallel arrays, in binary: text and bytes are not copied.
class PostgresConnection::Parameters {
 public:
  Parameters(const Query& query, std::span<const Value> values) : count_(values.size()) {
    if (count_ > kMost) throw Accident({Errc::internal, "Internal error", std::string(query.name) + ": parameters"});
    for (std::size_t i = 0; i < count_; ++i) add(query, i, values[i]);
  }

  int count() const { return static_cast<int>(count_); }
  const Oid* types() const { return types_.data(); }
  const char* const* data() const { return data_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

  static constexpr std::size_t kMost = 64;

 private:
  void add(const Query& query, std::size_t i, const Value& value) {
    types_[i] = type(value.kind);
    formats_[i] = 1;
    data_[i] = nullptr;
    lengths_[i] = 0;
    if (value.null) return;
    const auto number = [&](std::uint64_t bits) {
      numbers_[i] = htobe64(bits);
      data_[i] = reinterpret_cast<const char*>(&numbers_[i]);
      lengths_[i] = sizeof(std::uint64_t);
    };
    switch (value.kind) {
      case Value::Kind::untyped:
        break;
      case Value::Kind::boolean:
        data_[i] = value.integer != 0 ? "\1" : "\0";
        lengths_[i] = 1;
        break;
      case Value::Kind::integer:
        number(static_cast<std::uint64_t>(value.integer));
        break;
      case Value::Kind::real:
        number(std::bit_cast<std::uint64_t>(value.real));
        break;
      case Value::Kind::text:
        require_storable(query.name, value.text);
        [[fallthrough]];
      case Value::Kind::bytes:
        if (value.text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
          throw Accident({Errc::internal, "Internal error", std::string(query.name) + ": a parameter is too long"});
        }
        data_[i] = value.text.data() == nullptr ? "" : value.text.data();
        lengths_[i] = static_cast<int>(value.text.size());
        break;
    }
  }

  static Oid type(Value::Kind kind) {
    switch (kind) {
      case Value::Kind::boolean:
        return kBool;
      case Value::Kind::integer:
        return kInt8;
      case Value::Kind::real:
        return kFloat8;
      case Value::Kind::text:
        return kText;
      case Value::Kind::bytes:
        return kBytea;
      case Value::Kind::untyped:
        break;
    }
    return 0;
  }

  std::size_t count_;
  std::array<Oid, kMost> types_;
  std::array<const char*, kMost> data_;
  std::array<int, kMost> lengths_;
  std::array<int, kMost> formats_;
  std::array<std::uint64_t, kMost> numbers_;
};

PostgresConnection::PostgresConnection(const PostgresSettings& settings) : settings_(settings) {
  char* complaint = nullptr;
  PQconninfoOption* options = PQconninfoParse(settings.uri.conninfo.c_str(), &complaint);
  PQfreemem(complaint);  // it quotes the URI, hence perhaps the password
  if (options == nullptr) throw Accident({Errc::invalid_request, "The database URI cannot be read"});
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (std::strcmp(option->keyword, "password") == 0 && option->val != nullptr) password_ = option->val;
  }
  PQconninfoFree(options);
  connect();
}

std::string PostgresConnection::redacted(std::string text) const {
  if (password_.empty()) return text;
  for (auto at = text.find(password_); at != std::string::npos; at = text.find(password_, at + 3)) {
    text.replace(at, password_.size(), "***");
  }
  return text;
}

bool PostgresConnection::is_anybody_there(const PostgresSettings& settings) {
  std::unique_ptr<PostgresConnection> connection;
  try {
    connection = std::make_unique<PostgresConnection>(settings);
    // Behind a pooler a connection is no server yet.
    if (!connection->is_session()) connection->execute(kProbe, {}, nullptr);
    return true;
  } catch (const Transient&) {
    return false;
  } catch (const Accident& accident) {
    if (connection) return false;
    // Source: libpq, fe-connect.c: nobody answered, or one that is not what target_session_attrs asks for.
    for (const char* gone : {"timeout expired", "read-only", "hot standby mode"}) {
      if (accident.error().detail.find(gone) != std::string::npos) return false;
    }
  }
  // One that refuses (too many connections) goes on serving those that it has.
  const ConnectOptions options(settings);
  return PQpingParams(options.keys(), options.values(), 1) == PQPING_OK;
}

void PostgresConnection::connect() {
  const ConnectOptions options(settings_);
  handle_.reset(PQconnectdbParams(options.keys(), options.values(), 1));
  if (!handle_ || PQstatus(handle_.get()) != CONNECTION_OK) {
    throw Accident({Errc::unavailable, "The database cannot be reached",
                    handle_ ? redacted(PQerrorMessage(handle_.get())) : "no memory"});
  }
  PQsetNoticeProcessor(handle_.get(), [](void*, const char*) {}, nullptr);
  if (PQserverVersion(handle_.get()) < kOldestServer) {
    throw Accident({Errc::invalid_request, "PostgreSQL 12 or newer is needed"});
  }
  const char* encoding = PQparameterStatus(handle_.get(), "server_encoding");
  if (encoding != nullptr && std::string_view(encoding) != "UTF8") {
    throw Accident({Errc::invalid_request, "The database's encoding must be UTF8"});
  }
  const bool ready = PQsetnonblocking(handle_.get(), 1) == 0;
  if (ready) {
    set_up_session();
    have_clients_watched();
    if (!session_) own_timeouts_ = "SELECT " + set_timeouts(settings_.statement_timeout, "true");
    if (!session_ && watches_clients_) own_timeouts_.append(", ").append(kWatchClients).append("true)");
  }
  if (!ready || PQenterPipelineMode(handle_.get()) != 1) {
    throw Accident({Errc::unavailable, "The database cannot be reached", PQerrorMessage(handle_.get())});
  }
}

void PostgresConnection::set_up_session() {
  session_ = settings_.uri.keeps_statements.value_or(true);
  if (!session_) return;
  // A pooler gives out process ids of its own. Behind one that lends its server's sessions by the transaction, what is
  // set or prepared here would be somebody else's a moment later. One statement finds out and sets.
  const std::string pid =
      settings_.uri.keeps_statements ? "pg_backend_pid()" : std::to_string(PQbackendPID(handle_.get()));
  const std::string sql = "SELECT pg_backend_pid() = " + pid + ", CASE WHEN pg_backend_pid() = " + pid +
                          " THEN concat(" + set_timeouts(settings_.statement_timeout, "false") +
                          ", set_config('default_transaction_read_only', 'on', false)) END";
  current_ = "postgres.session";
  restart_clock();
  check(PQsendQuery(handle_.get(), sql.c_str()) == 1, current_);
  while (const PostgresResult result = next_result()) {
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK || PQntuples(result.get()) != 1) {
      lose(current_, PQresultErrorMessage(result.get()));
    }
    session_ = std::string_view(PQgetvalue(result.get(), 0, 0)) == "t";
  }
}

void PostgresConnection::have_clients_watched() {
  if (PQserverVersion(handle_.get()) < kWatchesClients) return;
  // By itself, since not every system and not every engine can. Where the session is a pooler's this only finds out,
  // and each transaction says so for itself.
  const std::string sql = std::string("SELECT ").append(kWatchClients).append(session_ ? "false)" : "true)");
  current_ = "postgres.watch_clients";
  restart_clock();
  check(PQsendQuery(handle_.get(), sql.c_str()) == 1, current_);
  while (const PostgresResult result = next_result()) {
    watches_clients_ = PQresultStatus(result.get()) == PGRES_TUPLES_OK;
    if (PQstatus(handle_.get()) == CONNECTION_BAD) lose(current_, PQresultErrorMessage(result.get()));
  }
}

void PostgresConnection::set_manners(bool writes, bool unhurried) {
  writes_ = writes;
  unhurried_ = unhurried;
}

void PostgresConnection::restart_clock() {
  // The server's own time-out comes first, where it was set; this one is for a server that does not answer at all.
  const auto grace = session_ ? std::chrono::seconds(5) : std::chrono::seconds(0);
  const auto now = Clock::now();
  deadline_ = now + settings_.statement_timeout + grace;
  doubt_ = now + kPatience;
}

void PostgresConnection::lose(const char* query, std::string why) {
  usable_ = false;
  throw Transient(Transient::Cause::lost, std::string("query ") + query + ": " + redacted(std::move(why)));
}

void PostgresConnection::check(bool sent, const char* query) {
  if (!sent) lose(query, PQerrorMessage(handle_.get()));
}

void PostgresConnection::wait(bool for_write) {
  const auto now = Clock::now();
  if (!unhurried_ && deadline_ <= now) {
    usable_ = false;
    throw Accident({Errc::unavailable, "The database took too long", std::string("query ") + current_});
  }
  if (settings_.still_there && doubt_ <= now) {
    // A statement may take its time: it is waited for as long as the server answers at all.
    if (!settings_.still_there(*this)) lose(current_, "the server does not answer");
    doubt_ = Clock::now() + kPatience;
    if (PQconsumeInput(handle_.get()) == 1 && PQisBusy(handle_.get()) == 0) return;
  }
  int patience = -1;
  const auto wake = [&patience, now](Clock::time_point at) {
    const auto left = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::milliseconds>(at - now).count());
    if (patience < 0 || left < patience) patience = static_cast<int>(left);
  };
  if (!unhurried_) wake(deadline_);
  if (settings_.still_there) wake(doubt_);
  pollfd socket{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
  if (for_write) socket.events |= POLLOUT;
  if (poll(&socket, 1, patience) < 0 && errno != EINTR) lose(current_, "poll failed");
  if ((socket.revents & ~POLLOUT) != 0) check(PQconsumeInput(handle_.get()) == 1, current_);
}

PostgresResult PostgresConnection::next_result() {
  for (int unsent = PQflush(handle_.get()); unsent != 0; unsent = PQflush(handle_.get())) {
    check(unsent > 0, current_);
    wait(true);
  }
  while (PQisBusy(handle_.get()) != 0) wait(false);
  return PostgresResult(PQgetResult(handle_.get()));
}

PostgresResult PostgresConnection::collect(std::span<const Step> steps) {
  PostgresResult last;
  PostgresResult failed;
  for (const Step& step : steps) {
    PostgresResult result = next_result();
    if (!result) lose(step.query, PQerrorMessage(handle_.get()));
    const ExecStatusType status = PQresultStatus(result.get());
    const bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!ok && PQstatus(handle_.get()) == CONNECTION_BAD) lose(step.query, PQresultErrorMessage(result.get()));
    if (ok && step.prepares) prepared_.emplace(key_, "w" + std::to_string(prepared_.size()));
    if (!ok && status != PGRES_PIPELINE_ABORTED && !failed) failed = std::move(result);
    last = std::move(result);
    if (next_result()) lose(step.query, "an answer too many");
  }
  const PostgresResult sync = next_result();
  if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) lose(current_, PQerrorMessage(handle_.get()));
  if (failed) fail(failed.get(), current_);
  return last;
}

void PostgresConnection::send(const Query& query, std::span<const Value> values, const Parameters& parameters,
                              std::vector<Step>& steps) {
  PGconn* to = handle_.get();
  key_.assign(query.sql);
  for (const Value& value : values) key_.push_back(static_cast<char>(value.kind));
  const auto found = prepared_.find(key_);
  const bool known = found != prepared_.end();
  // Statements put together from pieces must not fill the server's memory: past a bound none is kept.
  if (!known && (!session_ || prepared_.size() >= kPreparedStatements)) {
    check(PQsendQueryParams(to, query.sql, parameters.count(), parameters.types(), parameters.data(),
                            parameters.lengths(), parameters.formats(), 0) == 1,
          query.name);
    steps.push_back({query.name, false});
    return;
  }
  const std::string name = known ? found->second : "w" + std::to_string(prepared_.size());
  if (!known) {
    check(PQsendPrepare(to, name.c_str(), query.sql, parameters.count(), parameters.types()) == 1, query.name);
    steps.push_back({query.name, true});
  }
  check(PQsendQueryPrepared(to, name.c_str(), parameters.count(), parameters.data(), parameters.lengths(),
                            parameters.formats(), 0) == 1,
        query.name);
  steps.push_back({query.name, false});
}

void PostgresConnection::send_begin(const char* begin, std::vector<Step>& steps) {
  const auto add = [&](const char* sql) {
    check(PQsendQueryParams(handle_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 0) == 1, current_);
    steps.push_back({current_, false});
  };
  add(begin);
  // A pooler's sessions are anybody's: what is set there holds for one transaction. Else a node that hangs in the midst
  // of one would keep its locks.
  if (!session_) add(own_timeouts_.c_str());
}

PostgresResult PostgresConnection::execute(const Query& query, std::span<const Value> values, const char* begin) {
  current_ = query.name;
  restart_clock();
  const Parameters parameters(query, values);
  std::vector<Step> steps;
  steps.reserve(4);
  if (begin != nullptr) send_begin(begin, steps);
  send(query, values, parameters, steps);
  check(PQpipelineSync(handle_.get()) == 1, query.name);
  return collect(steps);
}

void PostgresConnection::script(const Query& query) {
  current_ = query.name;
  restart_clock();
  // Several statements go in one simple query, which a pipeline does not take.
  check(PQexitPipelineMode(handle_.get()) == 1, query.name);
  check(PQsendQuery(handle_.get(), query.sql) == 1, query.name);
  PostgresResult failed;
  while (PostgresResult result = next_result()) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) continue;
    if (status != PGRES_FATAL_ERROR) lose(query.name, "this statement cannot be part of a script");
    if (!failed) failed = std::move(result);
  }
  if (PQstatus(handle_.get()) == CONNECTION_BAD) lose(query.name, PQerrorMessage(handle_.get()));
  check(PQenterPipelineMode(handle_.get()) == 1, query.name);
  if (failed) fail(failed.get(), query.name);
}

void PostgresConnection::commit() {
  try {
    const PostgresResult result = execute(kCommit, {}, nullptr);
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
      throw Accident({Errc::internal, "Internal error", "COMMIT found the transaction broken"});
    }
  } catch (const Transient& transient) {
    if (transient.cause() == Transient::Cause::conflict) throw;
    // It may have happened: running the transaction again could do it twice.
    throw Accident({Errc::unavailable, "The database was lost while it saved", transient.error().detail});
  }
}

void PostgresConnection::finish_later(const char* sql) noexcept {
  if (!usable_) return;
  const bool sent = PQsendQueryParams(handle_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 0) == 1 &&
                    PQpipelineSync(handle_.get()) == 1;
  usable_ = sent;
  unsettled_ = sent;
}

bool PostgresConnection::settle() noexcept {
  if (!usable_) return false;
  try {
    if (std::exchange(unsettled_, false)) {
      current_ = "postgres.finish";
      unhurried_ = false;
      restart_clock();
      const Step steps[] = {{current_, false}};
      collect(steps);
    }
  } catch (...) {
    usable_ = false;
  }
  // An idle server says nothing, unless it hangs up.
  pollfd socket{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
  if (usable_ && poll(&socket, 1, 0) != 0) usable_ = false;
  return usable_;
}

void PostgresConnection::fail(const PGresult* result, const char* query) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = field == nullptr ? "" : field;
  const std::string_view kind = std::string_view(state).substr(0, 2);
  std::string detail = std::string("query ") + query + ": SQLSTATE " + state;
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  // The message of a data exception (22…) quotes the value.
  if (message != nullptr && kind != "22") detail.append(", ").append(message);

  if (state == "40001" || state == "40P01") throw Transient(Transient::Cause::conflict, std::move(detail));
  const bool stale_plan = state == "0A000" && detail.find("cached plan") != std::string::npos;
  const bool became_standby = state == "25006" && writes_;
  if (kind == "08" || state == "57P01" || state == "57P02" || state == "57P03" || state == "25P03" || stale_plan ||
      became_standby) {
    usable_ = false;
    throw Transient(Transient::Cause::lost, std::move(detail));
  }
  if (state == "55P03") throw LockTimeout(std::move(detail));
  if (state == "23505" || state == "23503" || state == "23P01") throw ConstraintViolation(std::move(detail));
  if (state == "26000" || state == "42P05") detail += "; behind a pooler add wharf_prepare=off to the URI";
  Error error{Errc::internal, "Internal error", std::move(detail)};
  if (state == "53100") {
    error.code = Errc::insufficient_storage;
    error.message = "No space is left for the database";
  } else if (state == "57014") {
    error.code = Errc::unavailable;
    error.message = "The database took too long";
  } else if (kind == "53" || kind == "57") {
    error.code = Errc::unavailable;
    error.message = "The database is busy";
  } else if (state == "22021" || state == "22P05") {
    error.code = Errc::invalid_request;
    error.message = "The text is not UTF-8, or has a NUL in it";
  }
  throw Accident(std::move(error));
}

}  // namespace wharf::db
