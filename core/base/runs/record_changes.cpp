// SPDX-License-Identifier: MIT
#include "core/base/runs/record_changes.h"

#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "core/base/runs/run_db.h"
#include "core/base/runs/small_file.h"
#include "core/base/runs/sqlite_statement.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

constexpr int kBusyTimeout_ms = 5000;
constexpr const char* kCursors = "mirror";  ///< key of meta
/// Tables whose rows are only added, or removed with a new generation, and have ids that rise.
constexpr const char* kGrowing[] = {"metrics", "expert_load", "expert_exchange", "events", "probes"};

/// One database with another attached as "other".
class Pair {
public:
    Pair(const std::filesystem::path& main, const std::filesystem::path& other) : file_(main) {
        if (sqlite3_open_v2(main.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            nullptr) != SQLITE_OK)
            fail();
        sqlite3_busy_timeout(db_, kBusyTimeout_ms);
        Statement attach(db_, "ATTACH DATABASE ? AS other");
        if (!attach) fail();
        attach.bind(1, other.string());
        check(attach.run());
    }
    ~Pair() { sqlite3_close_v2(db_); }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    sqlite3* get() { return db_; }
    void exec(const std::string& sql) { check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr)); }
    bool has(const char* schema, const char* table) {
        Statement find(
            db_, (std::string("SELECT 1 FROM ") + schema + ".sqlite_master WHERE type = 'table' AND name = ?").c_str());
        if (!find) fail();
        find.bind(1, std::string(table));
        return find.row();
    }
    std::string text(const std::string& sql) {
        Statement query(db_, sql.c_str());
        if (!query) fail();
        return query.row() ? query.text(0) : std::string();
    }

private:
    void check(int code) {
        if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) fail();
    }
    [[noreturn]] void fail() {
        const std::string why = sqlite3_errmsg(db_);
        throw Error(ExitCode::kIo, "the run's records could not be copied: " + why, file_.string());
    }
    std::filesystem::path file_;
    sqlite3* db_ = nullptr;
};

std::string generationOf(Pair& pair, const char* schema) {
    return pair.text(std::string("SELECT value FROM ") + schema + ".meta WHERE key = 'generation'");
}

}  // namespace

void writeRecordChanges(const std::filesystem::path& database, const std::string& cursors,
                        const std::filesystem::path& out) {
    if (modifiedAt(database) == 0) throw Error(ExitCode::kIo, "there are no records yet", database.string());
    Pair pair(out, database);
    pair.exec("PRAGMA main.journal_mode=OFF; PRAGMA main.synchronous=OFF; BEGIN");
    nlohmann::json after = nlohmann::json::parse(cursors.empty() ? "{}" : cursors, nullptr, false);
    const std::string generation = generationOf(pair, "other");
    if (!after.is_object() || field(after, "generation", "") != generation) after = nlohmann::json::object();
    const bool all = after.empty();
    after["generation"] = generation;
    for (const char* table : kGrowing) {
        if (!pair.has("other", table)) continue;  // a record of an earlier version
        const std::string name = table, first = std::to_string(field(after, table, std::int64_t{0}));
        pair.exec("CREATE TABLE main." + name + " AS SELECT * FROM other." + name + " WHERE id > " + first +
                  " ORDER BY id");
        const std::string last = pair.text("SELECT MAX(id) FROM main." + name);
        if (!last.empty()) after[table] = std::stoll(last);
    }
    pair.exec("CREATE TABLE main.probe_samples AS SELECT * FROM other.probe_samples");
    pair.exec("CREATE TABLE main.meta AS SELECT * FROM other.meta WHERE key NOT IN ('note', '" + std::string(kCursors) +
              "')");
    pair.exec("CREATE TABLE main.changes(cursors TEXT, all_rows INTEGER)");
    {
        Statement insert(pair.get(), "INSERT INTO main.changes VALUES(?, ?)");
        insert.bind(1, after.dump());
        insert.bind(2, std::int64_t{all});
        insert.run();
    }
    pair.exec("COMMIT");
}

void applyRecordChanges(const std::filesystem::path& changes, const std::filesystem::path& copy) {
    { const RunDbWriter tables(copy); }
    Pair pair(copy, changes);
    if (!pair.has("other", "changes"))
        throw Error(ExitCode::kIo, "these are no changes of a run's records", changes.string());
    pair.exec("BEGIN IMMEDIATE");
    const bool all = pair.text("SELECT all_rows FROM other.changes") == "1";
    for (const char* table : kGrowing) {
        const std::string name = table;
        if (!pair.has("other", table)) continue;
        if (name == "events") {  // this side has some of its own
            pair.exec(
                "INSERT INTO main.events(wall_time, step, level, source, message) SELECT wall_time, step, level, "
                "source, message FROM other.events");
            continue;
        }
        if (all) pair.exec("DELETE FROM main." + name);
        pair.exec("INSERT OR REPLACE INTO main." + name + " SELECT * FROM other." + name);
    }
    pair.exec("INSERT OR REPLACE INTO main.probe_samples SELECT * FROM other.probe_samples");
    pair.exec("INSERT OR REPLACE INTO main.meta SELECT * FROM other.meta");
    pair.exec("INSERT OR REPLACE INTO main.meta(key, value) SELECT '" + std::string(kCursors) +
              "', cursors FROM other.changes");
    pair.exec("COMMIT");
}

std::string recordCursors(const std::filesystem::path& copy) {
    if (modifiedAt(copy) == 0) return {};
    return RunDbReader(copy).meta(kCursors);
}

void writeRecordCopy(const std::filesystem::path& database, const std::filesystem::path& out) {
    { const RunDbWriter tables(out); }
    Pair pair(out, database);
    pair.exec("BEGIN");
    for (const char* table : {"metrics", "expert_load", "expert_exchange", "probes", "probe_samples"}) {
        if (pair.has("other", table))
            pair.exec("INSERT INTO main." + std::string(table) + " SELECT * FROM other." + table);
    }
    pair.exec("INSERT OR REPLACE INTO main.meta SELECT * FROM other.meta WHERE key <> '" + std::string(kCursors) + "'");
    pair.exec("COMMIT; PRAGMA main.wal_checkpoint(TRUNCATE); PRAGMA main.journal_mode=DELETE");
}

}  // namespace switchyard::runs
