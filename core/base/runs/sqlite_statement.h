// SPDX-License-Identifier: MIT
// Internal: a statement of SQLite for the readers and writers of run.db.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace switchyard::runs {

/// A prepared statement, finalised with its owner.
class Statement {
public:
    Statement() = default;
    Statement(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr); }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Statement& operator=(Statement&& other) noexcept {
        std::swap(statement_, other.statement_);
        return *this;
    }
    sqlite3_stmt* get() const { return statement_; }
    explicit operator bool() const { return statement_ != nullptr; }
    void bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_, index, value); }
    void bind(int index, double value) { sqlite3_bind_double(statement_, index, value); }
    void bind(int index, const std::string& value) {
        sqlite3_bind_text(statement_, index, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
    }
    void bindBlob(int index, const void* data, std::size_t bytes) {
        sqlite3_bind_blob64(statement_, index, data, bytes, SQLITE_TRANSIENT);
    }
    /// Ready for the next values.
    void reset() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    bool row() { return sqlite3_step(statement_) == SQLITE_ROW; }
    int run() {
        const int code = sqlite3_step(statement_);
        reset();
        return code;
    }
    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    std::vector<std::uint8_t> blob(int column) const {
        const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
        const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return data == nullptr ? std::vector<std::uint8_t>() : std::vector<std::uint8_t>(data, data + bytes);
    }
    double real(int column) const { return sqlite3_column_double(statement_, column); }
    std::string text(int column) const {
        const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return data == nullptr ? std::string()
                               : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    }

private:
    sqlite3_stmt* statement_ = nullptr;
};

}  // namespace switchyard::runs
