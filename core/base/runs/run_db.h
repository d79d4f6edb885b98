// SPDX-License-Identifier: MIT
// run.db: the run's record, written by rank 0 (metrics, expert load) and the supervisor (events), read by
// the window and the CLI while it grows. SQLite, WAL on local disks, rollback journal on network ones.
//
// Tables:
//   metrics(id INTEGER PRIMARY KEY, step, tag, value, wall_time)   value NULL = NaN is stored as text 'nan','inf','-inf'
//   expert_load(id INTEGER PRIMARY KEY, step, layer, modality, counts BLOB int32 LE, dropped)
//   events(id INTEGER PRIMARY KEY, wall_time, step, level, source, message)
//   probes(id INTEGER PRIMARY KEY, step, layer, sample, data BLOB)  one row a step, layer and sample (probe_codec.h);
//                                                                  sample -1: the layer's selection bias, fp32 LE
//   probe_samples(sample INTEGER PRIMARY KEY, info, picture BLOB)   info: JSON (probe_record.h), picture: PNG
//   meta(key PRIMARY KEY, value)
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::runs {

struct Metric {
    std::int64_t step = 0;
    std::string tag;
    double value = 0;      ///< may be NaN or infinite
    double wall_time = 0;  ///< seconds since 1970
};

struct ExpertLoad {
    std::int64_t step = 0;
    std::string layer;                 ///< "fusion.blocks.0.moe"
    std::string modality;              ///< "text" | "image"
    std::vector<std::int32_t> counts;  ///< [experts] choices before dropping, all ranks
    std::int64_t dropped = 0;          ///< choices dropped, all ranks
};

/// What the ranks that share out a layer's experts sent each other in one step.
struct ExpertExchange {
    std::int64_t step = 0;
    std::string layer;
    std::int64_t ranks = 0;            ///< of one such group; groups are summed up
    std::vector<std::int32_t> tokens;  ///< [ranks, ranks] choices that a row's rank sent to a column's, dropped ones not
};

/// One sample's way through one MoE layer at one step; a step, layer and sample has one row, the newest.
struct ProbeRow {
    std::int64_t step = 0;
    std::string layer;
    std::int64_t sample = 0;         ///< from 0; -1 = the layer's selection bias
    std::vector<std::uint8_t> data;  ///< probe_codec.h
};

/// A sample of the probe, stored once a run.
struct ProbeSample {
    std::string info;                   ///< JSON, see probe_record.h
    std::vector<std::uint8_t> picture;  ///< PNG of what the model sees; empty = none
    bool operator==(const ProbeSample&) const = default;
};

enum class Level { kInfo, kWarning, kError };

struct Event {
    double wall_time = 0;
    std::int64_t step = -1;  ///< -1 = no step
    Level level = Level::kInfo;
    std::string source;  ///< "supervisor", "rank 0", "eval", ...
    std::string message;
};

/// Appends to a run.db. A full disk or an I/O error after opening never throws: the records are kept back,
/// retried at the next flush (newest 100,000 kept), and `failing()` turns true.
/// Thread: one object belongs to one thread; several processes may write one file.
class RunDbWriter {
public:
    /// Opens or makes the file. Throws: Error(kIo).
    explicit RunDbWriter(const std::filesystem::path& file);
    ~RunDbWriter();
    RunDbWriter(RunDbWriter&&) noexcept;
    RunDbWriter& operator=(RunDbWriter&&) noexcept;

    void add(Metric metric);
    void add(ExpertLoad load);
    void add(ExpertExchange exchange);
    void add(Event event);
    void add(ProbeRow row);
    /// The samples that rows are of, written at once. When others are there, their rows go with them. A failure shows in
    /// failing(). @return whether rows of other samples were removed
    bool setProbeSamples(const std::vector<ProbeSample>& samples);
    void setMeta(const std::string& key, const std::string& value);
    /// Writes what was added, in one transaction. Called by the trainer at most every 100 ms and at the end.
    void flush();
    /// Removes metrics, loads and probes after `step` (a resume from an earlier step records those steps anew).
    void truncateAfter(std::int64_t step);
    bool failing() const;
    std::string failure() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Reads a run.db, live or finished, never writing to it; also from a folder that can not be written.
/// Every query throws Error(kIo) where the file turns out to be damaged or can not be read.
/// Thread: one object belongs to one thread.
class RunDbReader {
public:
    enum class For : std::uint8_t {
        kFollowing,  ///< what is written while it is open shows
        /// A few questions and gone: where nobody has left a log beside the database (so no run writes to it) the file
        /// is taken as it lies, without the lock and shared index that SQLite makes and removes at each opening. A
        /// writer that comes within these microseconds writes to its log first.
        kGlance
    };
    /// Throws: Error(kIo) when there is no readable database.
    explicit RunDbReader(const std::filesystem::path& file, For use = For::kFollowing);
    ~RunDbReader();
    RunDbReader(RunDbReader&&) noexcept;
    RunDbReader& operator=(RunDbReader&&) noexcept;

    std::vector<std::string> tags();
    /// Rows of one tag with id > *cursor, in order; *cursor moves to the last id seen. Start with 0.
    std::vector<Metric> metrics(const std::string& tag, std::int64_t* cursor, std::int64_t limit = -1);
    /// Rows of all tags with id > *cursor.
    std::vector<Metric> allMetrics(std::int64_t* cursor, std::int64_t limit = -1);
    /// The same without making a Metric of each: `tag` lives during the call only. @return how many there were.
    std::int64_t eachMetric(
        std::int64_t* cursor, std::int64_t limit,
        const std::function<void(std::int64_t step, std::string_view tag, double value, double wall_time)>& take);
    std::vector<ExpertLoad> expertLoads(std::int64_t* cursor, std::int64_t limit = -1);
    std::vector<ExpertExchange> exchanges(std::int64_t* cursor, std::int64_t limit = -1);
    std::vector<Event> events(std::int64_t* cursor, std::int64_t limit = -1);
    /// "" when there is no such key.
    std::string meta(const std::string& key);
    /// Whether the key is there, be its value "".
    bool findMeta(const std::string& key, std::string* value);
    /// When the newest metric or event was written, seconds since 1970; 0 when there is none.
    double lastBeat();
    /// Last value of a tag; false when there is none.
    bool last(const std::string& tag, Metric* metric);
    /// Changes when `truncateAfter` ran: a reader that kept rows starts again from cursor 0.
    std::int64_t generation();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::runs
