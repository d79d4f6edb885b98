// SPDX-License-Identifier: MIT
#include "core/base/runs/run_db.h"

#include <sqlite3.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <deque>
#include <limits>
#include <utility>

#include "core/base/runs/sqlite_statement.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

constexpr std::size_t kKeptRecords = 100'000;
constexpr std::size_t kKeptProbes = 1'000;  // tens of KiB each
constexpr int kBusyTimeout_ms = 2000;

/// SQLite turns NaN into NULL and has no infinities in text form, so both are stored as words.
void bindValue(Statement& statement, int index, double value) {
    if (std::isnan(value)) {
        statement.bind(index, std::string("nan"));
    } else if (std::isinf(value)) {
        statement.bind(index, std::string(value > 0 ? "inf" : "-inf"));
    } else {
        statement.bind(index, value);
    }
}

double readValue(const Statement& statement, int column) {
    if (sqlite3_column_type(statement.get(), column) != SQLITE_TEXT) return statement.real(column);
    const std::string word = statement.text(column);
    if (word == "inf") return std::numeric_limits<double>::infinity();
    if (word == "-inf") return -std::numeric_limits<double>::infinity();
    return std::numeric_limits<double>::quiet_NaN();
}

/// A write-ahead log needs shared memory between processes, which network file systems do not give.
bool onNetwork(const std::filesystem::path& file) {
    struct statfs info {};
    if (statfs(file.parent_path().c_str(), &info) != 0) return false;
    switch (static_cast<unsigned long>(info.f_type)) {
        case 0x6969UL:      // NFS
        case 0xFF534D42UL:  // CIFS
        case 0xFE534D42UL:  // SMB2
        case 0x65735546UL:  // FUSE (sshfs and the like)
        case 0x0BD00BD0UL:  // Lustre
        case 0x47504653UL:  // GPFS
            return true;
        default: return false;
    }
}

constexpr const char* kTables = R"(
CREATE TABLE IF NOT EXISTS metrics(id INTEGER PRIMARY KEY, step INTEGER, tag TEXT, value, wall_time REAL);
CREATE INDEX IF NOT EXISTS metrics_by_tag ON metrics(tag, id);
CREATE TABLE IF NOT EXISTS expert_load(id INTEGER PRIMARY KEY, step INTEGER, layer TEXT, modality TEXT, counts BLOB, dropped INTEGER);
CREATE TABLE IF NOT EXISTS expert_exchange(id INTEGER PRIMARY KEY, step INTEGER, layer TEXT, ranks INTEGER, tokens BLOB);
CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, wall_time REAL, step INTEGER, level INTEGER, source TEXT, message TEXT);
CREATE TABLE IF NOT EXISTS probes(id INTEGER PRIMARY KEY, step INTEGER, layer TEXT, sample INTEGER, data BLOB);
CREATE UNIQUE INDEX IF NOT EXISTS probes_by_step ON probes(step, layer, sample);
CREATE TABLE IF NOT EXISTS probe_samples(sample INTEGER PRIMARY KEY, info TEXT, picture BLOB);
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT);
)";

}  // namespace

struct RunDbWriter::Impl {
    sqlite3* db = nullptr;
    Statement metric, load, exchange, event, probe, meta;
    std::deque<Metric> metrics;
    std::deque<ExpertLoad> loads;
    std::deque<ExpertExchange> exchanges;
    std::deque<Event> events;
    std::deque<ProbeRow> probes;
    std::deque<std::pair<std::string, std::string>> metas;
    bool failing = false;
    std::string failure;

    ~Impl() {
        for (Statement* statement : {&metric, &load, &exchange, &event, &probe, &meta}) *statement = Statement();
        sqlite3_close(db);
    }
    int exec(const char* sql) { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr); }
    bool note(int code) {
        if (code == SQLITE_OK || code == SQLITE_DONE) return true;
        failure = sqlite3_errmsg(db);
        return false;
    }
};

RunDbWriter::RunDbWriter(const std::filesystem::path& file) : impl_(std::make_unique<Impl>()) {
    const auto fail = [&](const char* what) {
        throw Error(ExitCode::kIo, std::string(what) + ": " + sqlite3_errmsg(impl_->db), file.string(),
                    "Check that the disk is not full and the folder can be written");
    };
    if (sqlite3_open_v2(file.c_str(), &impl_->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
        fail("can not open the run's database");
    }
    sqlite3_busy_timeout(impl_->db, kBusyTimeout_ms);
    impl_->exec(onNetwork(file) ? "PRAGMA journal_mode=DELETE" : "PRAGMA journal_mode=WAL");
    // Losing the last records at a power cut is fine; a checkpoint is what must survive it.
    impl_->exec("PRAGMA synchronous=NORMAL");
    if (impl_->exec(kTables) != SQLITE_OK) fail("can not write the run's database");
    impl_->metric = Statement(impl_->db, "INSERT INTO metrics(step, tag, value, wall_time) VALUES(?, ?, ?, ?)");
    impl_->load = Statement(impl_->db, "INSERT INTO expert_load(step, layer, modality, counts, dropped) VALUES(?, ?, ?, ?, ?)");
    impl_->exchange = Statement(impl_->db, "INSERT INTO expert_exchange(step, layer, ranks, tokens) VALUES(?, ?, ?, ?)");
    impl_->event = Statement(impl_->db, "INSERT INTO events(wall_time, step, level, source, message) VALUES(?, ?, ?, ?, ?)");
    impl_->probe = Statement(impl_->db, "INSERT OR REPLACE INTO probes(step, layer, sample, data) VALUES(?, ?, ?, ?)");
    impl_->meta = Statement(impl_->db, "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)");
    if (!impl_->metric || !impl_->load || !impl_->exchange || !impl_->event || !impl_->probe || !impl_->meta) fail("this is no run database");
}

RunDbWriter::~RunDbWriter() {
    if (impl_) flush();
}
RunDbWriter::RunDbWriter(RunDbWriter&&) noexcept = default;
RunDbWriter& RunDbWriter::operator=(RunDbWriter&&) noexcept = default;

void RunDbWriter::add(Metric metric) { impl_->metrics.push_back(std::move(metric)); }
void RunDbWriter::add(ExpertLoad load) { impl_->loads.push_back(std::move(load)); }
void RunDbWriter::add(ExpertExchange exchange) { impl_->exchanges.push_back(std::move(exchange)); }
void RunDbWriter::add(Event event) { impl_->events.push_back(std::move(event)); }
void RunDbWriter::add(ProbeRow row) { impl_->probes.push_back(std::move(row)); }
void RunDbWriter::setMeta(const std::string& key, const std::string& value) { impl_->metas.emplace_back(key, value); }
bool RunDbWriter::failing() const { return impl_->failing; }
std::string RunDbWriter::failure() const { return impl_->failure; }

void RunDbWriter::flush() {
    Impl& db = *impl_;
    if (db.metrics.empty() && db.loads.empty() && db.exchanges.empty() && db.events.empty() && db.probes.empty() && db.metas.empty()) return;
    bool good = db.note(db.exec("BEGIN IMMEDIATE"));
    for (std::size_t i = 0; good && i < db.metrics.size(); ++i) {
        const Metric& row = db.metrics[i];
        db.metric.bind(1, row.step);
        db.metric.bind(2, row.tag);
        bindValue(db.metric, 3, row.value);
        db.metric.bind(4, row.wall_time);
        good = db.note(db.metric.run());
    }
    for (std::size_t i = 0; good && i < db.loads.size(); ++i) {
        const ExpertLoad& row = db.loads[i];
        db.load.bind(1, row.step);
        db.load.bind(2, row.layer);
        db.load.bind(3, row.modality);
        db.load.bindBlob(4, row.counts.data(), row.counts.size() * sizeof(std::int32_t));
        db.load.bind(5, row.dropped);
        good = db.note(db.load.run());
    }
    for (std::size_t i = 0; good && i < db.exchanges.size(); ++i) {
        const ExpertExchange& row = db.exchanges[i];
        db.exchange.bind(1, row.step);
        db.exchange.bind(2, row.layer);
        db.exchange.bind(3, row.ranks);
        db.exchange.bindBlob(4, row.tokens.data(), row.tokens.size() * sizeof(std::int32_t));
        good = db.note(db.exchange.run());
    }
    for (std::size_t i = 0; good && i < db.events.size(); ++i) {
        const Event& row = db.events[i];
        db.event.bind(1, row.wall_time);
        db.event.bind(2, row.step);
        db.event.bind(3, static_cast<std::int64_t>(row.level));
        db.event.bind(4, row.source);
        db.event.bind(5, row.message);
        good = db.note(db.event.run());
    }
    for (std::size_t i = 0; good && i < db.probes.size(); ++i) {
        const ProbeRow& row = db.probes[i];
        db.probe.bind(1, row.step);
        db.probe.bind(2, row.layer);
        db.probe.bind(3, row.sample);
        db.probe.bindBlob(4, row.data.data(), row.data.size());
        good = db.note(db.probe.run());
    }
    for (std::size_t i = 0; good && i < db.metas.size(); ++i) {
        db.meta.bind(1, db.metas[i].first);
        db.meta.bind(2, db.metas[i].second);
        good = db.note(db.meta.run());
    }
    good = good && db.note(db.exec("COMMIT"));
    db.failing = !good;
    if (!good) {
        // Kept for the next flush; the oldest go first when there are too many.
        db.exec("ROLLBACK");
        while (db.metrics.size() > kKeptRecords) db.metrics.pop_front();
        while (db.loads.size() > kKeptRecords / 10) db.loads.pop_front();
        while (db.exchanges.size() > kKeptRecords / 10) db.exchanges.pop_front();
        while (db.events.size() > kKeptRecords / 10) db.events.pop_front();
        while (db.probes.size() > kKeptProbes) db.probes.pop_front();
        return;
    }
    db.failure.clear();
    db.metrics.clear();
    db.loads.clear();
    db.exchanges.clear();
    db.events.clear();
    db.probes.clear();
    db.metas.clear();
}

void RunDbWriter::truncateAfter(std::int64_t step) {
    flush();
    const std::string last = std::to_string(step);
    const std::string sql = "BEGIN IMMEDIATE; DELETE FROM metrics WHERE step > " + last + "; DELETE FROM expert_load WHERE step > " +
                            last + "; DELETE FROM expert_exchange WHERE step > " + last + "; DELETE FROM probes WHERE step > " + last +
                            "; INSERT INTO meta(key, value) VALUES('generation', '1') ON CONFLICT(key) DO UPDATE SET "
                            "value = CAST(value AS INTEGER) + 1; COMMIT";
    if (!impl_->note(impl_->exec(sql.c_str()))) {
        impl_->exec("ROLLBACK");
        impl_->failing = true;
    }
}

bool RunDbWriter::setProbeSamples(const std::vector<ProbeSample>& samples) {
    Impl& db = *impl_;
    std::vector<ProbeSample> there;
    {
        Statement old(db.db, "SELECT info, picture FROM probe_samples ORDER BY sample");
        while (old && old.row()) there.push_back({old.text(0), old.blob(1)});
    }
    if (there == samples) return false;
    bool good = db.note(db.exec("BEGIN IMMEDIATE; DELETE FROM probe_samples"));
    if (good && !there.empty()) {
        good = db.note(db.exec("DELETE FROM probes; INSERT INTO meta(key, value) VALUES('generation', '1') ON CONFLICT(key) DO "
                               "UPDATE SET value = CAST(value AS INTEGER) + 1"));
    }
    Statement insert(db.db, "INSERT INTO probe_samples(sample, info, picture) VALUES(?, ?, ?)");
    for (std::size_t i = 0; good && i < samples.size(); ++i) {
        insert.bind(1, static_cast<std::int64_t>(i));
        insert.bind(2, samples[i].info);
        if (!samples[i].picture.empty()) insert.bindBlob(3, samples[i].picture.data(), samples[i].picture.size());
        good = db.note(insert.run());
    }
    good = good && db.note(db.exec("COMMIT"));
    if (!good) db.exec("ROLLBACK");
    db.failing = !good;
    return good && !there.empty();
}

/// An SQLite address of a file that nobody changes.
static std::string asItLies(const std::filesystem::path& file) {
    std::string name = "file:";
    for (const char c : file.string()) {
        if (c == '%' || c == '?' || c == '#') {
            char escaped[4];
            std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned>(c));
            name += escaped;
        } else {
            name += c;
        }
    }
    return name + "?immutable=1";
}

struct RunDbReader::Impl {
    std::filesystem::path file;
    sqlite3* db = nullptr;
    Statement tag_rows, all_rows, load_rows, exchange_rows, event_rows, last_row, meta_row;
    ~Impl() {
        for (Statement* statement : {&tag_rows, &all_rows, &load_rows, &exchange_rows, &event_rows, &last_row, &meta_row}) *statement = Statement();
        sqlite3_close(db);
    }
    [[noreturn]] void fail() const {
        throw Error(ExitCode::kIo, std::string("can not read the run's database: ") + sqlite3_errmsg(db), file.string());
    }
    /// Made at its first use: a list of runs asks each database two questions, not all.
    Statement& ready(Statement& statement, const char* sql) {
        if (!statement) statement = Statement(db, sql);
        if (!statement) fail();
        return statement;
    }
    /// The next row. That another process writes at this moment only means none for now.
    bool step(Statement& statement) {
        const int code = sqlite3_step(statement.get());
        if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || (code & 0xff) == SQLITE_IOERR) {
            const std::string why = sqlite3_errmsg(db);
            sqlite3_reset(statement.get());
            throw Error(ExitCode::kIo, "can not read the run's database: " + why, file.string());
        }
        return code == SQLITE_ROW;
    }
    /// Runs `body` for each row of a query with id > *cursor; column 0 is the id.
    template <typename Body>
    void each(Statement& statement, std::int64_t* cursor, std::int64_t limit, const Body& body) {
        while (step(statement)) {
            *cursor = statement.integer(0);
            body();
            if (limit > 0 && --limit == 0) break;
        }
        sqlite3_reset(statement.get());
        sqlite3_clear_bindings(statement.get());
    }
    bool open(const std::string& name) {
        constexpr int kFlags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
        sqlite3_close(db);
        db = nullptr;
        if (sqlite3_open_v2(name.c_str(), &db, kFlags, nullptr) != SQLITE_OK) return false;
        sqlite3_busy_timeout(db, kBusyTimeout_ms / 4);
        meta_row = Statement(db, "SELECT value FROM meta WHERE key = ?");
        return static_cast<bool>(meta_row);
    }
};

RunDbReader::RunDbReader(const std::filesystem::path& file, For use) : impl_(std::make_unique<Impl>()) {
    impl_->file = file;
    if (use == For::kGlance && access((file.string() + "-wal").c_str(), F_OK) != 0 && impl_->open(asItLies(file))) return;
    if (impl_->open(file.string())) return;
    // A write-ahead log needs a file of its own beside the database even to be read. Where that can not be made nobody
    // writes either.
    const int code = sqlite3_errcode(impl_->db);
    const bool locked_away = code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
    if (!locked_away || access(file.parent_path().c_str(), W_OK) == 0) impl_->fail();
    if (!impl_->open(asItLies(file))) impl_->fail();
}

RunDbReader::~RunDbReader() = default;
RunDbReader::RunDbReader(RunDbReader&&) noexcept = default;
RunDbReader& RunDbReader::operator=(RunDbReader&&) noexcept = default;

std::vector<std::string> RunDbReader::tags() {
    // A skip scan over the index: one look-up a tag instead of one a row.
    Statement next(impl_->db, "SELECT MIN(tag) FROM metrics WHERE tag > ?");
    std::vector<std::string> found;
    std::string last;
    for (;;) {
        next.bind(1, last);
        if (!impl_->step(next) || sqlite3_column_type(next.get(), 0) == SQLITE_NULL) return found;
        last = next.text(0);
        found.push_back(last);
        sqlite3_reset(next.get());
    }
}

std::vector<Metric> RunDbReader::metrics(const std::string& tag, std::int64_t* cursor, std::int64_t limit) {
    std::vector<Metric> rows;
    Statement& query = impl_->ready(impl_->tag_rows, "SELECT id, step, value, wall_time FROM metrics WHERE tag = ? AND id > ? ORDER BY id");
    query.bind(1, tag);
    query.bind(2, *cursor);
    impl_->each(query, cursor, limit, [&] { rows.push_back({query.integer(1), tag, readValue(query, 2), query.real(3)}); });
    return rows;
}

std::vector<Metric> RunDbReader::allMetrics(std::int64_t* cursor, std::int64_t limit) {
    std::vector<Metric> rows;
    eachMetric(cursor, limit, [&](std::int64_t step, std::string_view tag, double value, double wall_time) {
        rows.push_back({step, std::string(tag), value, wall_time});
    });
    return rows;
}

std::int64_t RunDbReader::eachMetric(
    std::int64_t* cursor, std::int64_t limit,
    const std::function<void(std::int64_t step, std::string_view tag, double value, double wall_time)>& take) {
    Statement& query = impl_->ready(impl_->all_rows, "SELECT id, step, tag, value, wall_time FROM metrics WHERE id > ? ORDER BY id");
    query.bind(1, *cursor);
    std::int64_t count = 0;
    impl_->each(query, cursor, limit, [&] {
        const auto* tag = reinterpret_cast<const char*>(sqlite3_column_text(query.get(), 2));
        const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(query.get(), 2));
        ++count;
        if (tag != nullptr) take(query.integer(1), std::string_view(tag, bytes), readValue(query, 3), query.real(4));
    });
    return count;
}

std::vector<ExpertLoad> RunDbReader::expertLoads(std::int64_t* cursor, std::int64_t limit) {
    std::vector<ExpertLoad> rows;
    Statement& query = impl_->ready(impl_->load_rows, "SELECT id, step, layer, modality, counts, dropped FROM expert_load WHERE id > ? ORDER BY id");
    query.bind(1, *cursor);
    impl_->each(query, cursor, limit, [&] {
        ExpertLoad row{query.integer(1), query.text(2), query.text(3), {}, query.integer(5)};
        const void* blob = sqlite3_column_blob(query.get(), 4);
        const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(query.get(), 4));
        row.counts.resize(bytes / sizeof(std::int32_t));
        if (blob != nullptr) std::memcpy(row.counts.data(), blob, row.counts.size() * sizeof(std::int32_t));
        rows.push_back(std::move(row));
    });
    return rows;
}

std::vector<ExpertExchange> RunDbReader::exchanges(std::int64_t* cursor, std::int64_t limit) {
    std::vector<ExpertExchange> rows;
    // A record of an earlier version has no such table.
    if (!impl_->exchange_rows) impl_->exchange_rows = Statement(impl_->db, "SELECT id, step, layer, ranks, tokens FROM expert_exchange WHERE id > ? ORDER BY id");
    if (!impl_->exchange_rows) return rows;
    Statement& query = impl_->exchange_rows;
    query.bind(1, *cursor);
    impl_->each(query, cursor, limit, [&] {
        ExpertExchange row{query.integer(1), query.text(2), query.integer(3), {}};
        const std::vector<std::uint8_t> bytes = query.blob(4);
        row.tokens.resize(bytes.size() / sizeof(std::int32_t));
        if (!bytes.empty()) std::memcpy(row.tokens.data(), bytes.data(), row.tokens.size() * sizeof(std::int32_t));
        // What does not fit its own words is no matrix.
        if (row.ranks > 0 && row.ranks < 65536 && row.tokens.size() == static_cast<std::size_t>(row.ranks * row.ranks)) rows.push_back(std::move(row));
    });
    return rows;
}

std::vector<Event> RunDbReader::events(std::int64_t* cursor, std::int64_t limit) {
    std::vector<Event> rows;
    Statement& query = impl_->ready(impl_->event_rows, "SELECT id, wall_time, step, level, source, message FROM events WHERE id > ? ORDER BY id");
    query.bind(1, *cursor);
    impl_->each(query, cursor, limit, [&] {
        rows.push_back({query.real(1), query.integer(2), static_cast<Level>(query.integer(3)), query.text(4), query.text(5)});
    });
    return rows;
}

std::string RunDbReader::meta(const std::string& key) {
    std::string value;
    findMeta(key, &value);
    return value;
}

bool RunDbReader::findMeta(const std::string& key, std::string* value) {
    impl_->meta_row.bind(1, key);
    const bool found = impl_->step(impl_->meta_row);
    if (found) *value = impl_->meta_row.text(0);
    sqlite3_reset(impl_->meta_row.get());
    return found;
}

double RunDbReader::lastBeat() {
    double newest = 0;
    for (const char* sql : {"SELECT wall_time FROM metrics ORDER BY id DESC LIMIT 1", "SELECT wall_time FROM events ORDER BY id DESC LIMIT 1"}) {
        Statement query(impl_->db, sql);
        if (!query) impl_->fail();
        if (impl_->step(query)) newest = std::max(newest, query.real(0));
    }
    return newest;
}

bool RunDbReader::last(const std::string& tag, Metric* metric) {
    Statement& query = impl_->ready(impl_->last_row, "SELECT step, value, wall_time FROM metrics WHERE tag = ? ORDER BY id DESC LIMIT 1");
    query.bind(1, tag);
    const bool found = impl_->step(query);
    if (found) *metric = {query.integer(0), tag, readValue(query, 1), query.real(2)};
    sqlite3_reset(query.get());
    return found;
}

std::int64_t RunDbReader::generation() {
    const std::string value = meta("generation");
    return value.empty() ? 0 : std::stoll(value);
}

}  // namespace switchyard::runs
