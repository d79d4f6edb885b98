// SPDX-License-Identifier: MIT
// A run.db that grows on another machine, followed: what is new there as a small SQLite file, and taking that in here.
// Rows come in whole transactions of the writer and once, whatever ends in between; copying the file itself while it is
// written (and its write-ahead log beside it) could give neither.
#pragma once

#include <filesystem>
#include <string>

namespace switchyard::runs {

/// What is in `database` after `cursors`, with the cursors after it, as a file that must not be there yet. `cursors`
/// are recordCursors() of the copy, "" = all. One read transaction of the source. Throws: Error(kIo).
void writeRecordChanges(const std::filesystem::path& database, const std::string& cursors,
                        const std::filesystem::path& out);

/// Takes such a file into the copy, in one transaction. Rows that the source has removed go here too. The copy's own
/// events and note stay. Throws: Error(kIo).
void applyRecordChanges(const std::filesystem::path& changes, const std::filesystem::path& copy);

/// How far the copy has come: JSON, "" when it took nothing yet. Throws: Error(kIo).
std::string recordCursors(const std::filesystem::path& copy);

/// The records without events, for a machine that goes on with the run. `out` must not be there yet. Throws:
/// Error(kIo).
void writeRecordCopy(const std::filesystem::path& database, const std::filesystem::path& out);

}  // namespace switchyard::runs
