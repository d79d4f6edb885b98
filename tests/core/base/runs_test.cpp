// SPDX-License-Identifier: MIT
// Run folders: the record in run.db, TensorBoard's events, states from files and processes.
#include <sys/wait.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/runs/run_db.h"
#include "core/base/runs/run_status.h"
#include "core/base/runs/tensorboard_writer.h"
#include "test_tools.h"

using namespace switchyard;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

runs::RunPaths makeRun(const TempFolder& folder, const std::string& name = "run") {
    RunConfig config = defaultConfig();
    config.run.name = name;
    config.train.steps = 40;
    config.run.tags = {"a", "b"};
    return runs::createRunFolder(config, "# as given\nrun: {name: x}\n", (folder / name).string(), false);
}

/// CRC-32C bit by bit, independent of the writer's table.
std::uint32_t crc32c(const std::string& data) {
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : data) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82f63b78U & (0U - (crc & 1U)));
    }
    return crc ^ 0xffffffffU;
}

std::uint32_t masked(const std::string& data) {
    const std::uint32_t crc = crc32c(data);
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

template <typename T>
T numberAt(const std::string& bytes, std::size_t at) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

}  // namespace

class RunsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recordComesBackAsItWasWritten() {
        const TempFolder folder;
        const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
        {
            runs::RunDbWriter writer(folder / "run.db");
            writer.add(runs::Metric{1, "loss/total", 2.5, 100.25});
            writer.add(runs::Metric{2, "loss/total", nan, 101});
            writer.add(runs::Metric{3, "loss/total", -infinity, 102});
            writer.add(runs::Metric{3, "optim/lr", 1e-300, 102});
            writer.add(runs::ExpertLoad{3, "fusion.blocks.0.moe", "image", {0, 7, 2147483647}, 5});
            writer.add(runs::Event{9.5, 3, runs::Level::kWarning, "rank 1", "it's \"quoted\"\n"});
            writer.setMeta("note", "hello");
            writer.flush();
            QVERIFY(!writer.failing());
        }
        runs::RunDbReader reader(folder / "run.db");
        QCOMPARE(reader.tags(), (std::vector<std::string>{"loss/total", "optim/lr"}));
        std::int64_t cursor = 0;
        const auto rows = reader.metrics("loss/total", &cursor);
        QCOMPARE(rows.size(), std::size_t{3});
        QCOMPARE(rows[0].value, 2.5);
        QCOMPARE(rows[0].wall_time, 100.25);
        QVERIFY(std::isnan(rows[1].value));
        QCOMPARE(rows[2].value, -infinity);
        QVERIFY(reader.metrics("loss/total", &cursor).empty());
        runs::Metric last;
        QVERIFY(reader.last("optim/lr", &last));
        QCOMPARE(last.value, 1e-300);
        QVERIFY(!reader.last("nothing", &last));
        cursor = 0;
        const auto loads = reader.expertLoads(&cursor);
        QCOMPARE(loads.size(), std::size_t{1});
        QCOMPARE(loads[0].counts, (std::vector<std::int32_t>{0, 7, 2147483647}));
        QCOMPARE(loads[0].modality, std::string("image"));
        cursor = 0;
        const auto events = reader.events(&cursor);
        QCOMPARE(events[0].message, std::string("it's \"quoted\"\n"));
        QVERIFY(events[0].level == runs::Level::kWarning);
        QCOMPARE(reader.meta("note"), std::string("hello"));
    }

    void aReaderFollowsAWriterAndNoticesATruncation() {
        const TempFolder folder;
        runs::RunDbWriter writer(folder / "run.db");
        runs::RunDbReader reader(folder / "run.db");
        std::int64_t cursor = 0;
        for (int step = 1; step <= 5; ++step) {
            writer.add(runs::Metric{step, "x", static_cast<double>(step), 0});
            writer.flush();
            QCOMPARE(reader.allMetrics(&cursor).size(), std::size_t{1});
        }
        const std::int64_t before = reader.generation();
        writer.truncateAfter(3);
        QVERIFY(reader.generation() != before);
        cursor = 0;
        QCOMPARE(reader.allMetrics(&cursor).size(), std::size_t{3});
        writer.add(runs::Metric{4, "x", 44, 0});
        writer.flush();
        const auto fresh = reader.allMetrics(&cursor);
        QCOMPARE(fresh.size(), std::size_t{1});
        QCOMPARE(fresh[0].value, 44.0);
    }

    void whatRanksSentEachOtherIsKeptAndTruncated() {
        const TempFolder folder;
        runs::RunDbWriter writer(folder / "run.db");
        for (int step = 1; step <= 4; ++step) writer.add(runs::ExpertExchange{step, "text.blocks.1.moe", 2, {step, 2, 3, 4}});
        writer.add(runs::ExpertExchange{5, "text.blocks.1.moe", 3, {1, 2}});  // no matrix
        writer.flush();
        runs::RunDbReader reader(folder / "run.db");
        std::int64_t cursor = 0;
        const auto rows = reader.exchanges(&cursor, 10);
        QCOMPARE(rows.size(), std::size_t{4});
        QCOMPARE(rows[2].step, std::int64_t{3});
        QCOMPARE(rows[2].ranks, std::int64_t{2});
        QVERIFY((rows[2].tokens == std::vector<std::int32_t>{3, 2, 3, 4}));
        QVERIFY(reader.exchanges(&cursor).empty());
        writer.truncateAfter(2);
        cursor = 0;
        QCOMPARE(reader.exchanges(&cursor).size(), std::size_t{2});
    }

    void aRecordWithoutThatTableIsReadToo() {
        const TempFolder folder;
        {
            runs::RunDbWriter writer(folder / "run.db");
            writer.add(runs::Metric{1, "x", 1, 0});
        }
        sqlite3* db = nullptr;
        QCOMPARE(sqlite3_open((folder / "run.db").c_str(), &db), SQLITE_OK);
        QCOMPARE(sqlite3_exec(db, "DROP TABLE expert_exchange", nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(db);
        runs::RunDbReader reader(folder / "run.db");
        std::int64_t cursor = 0;
        QVERIFY(reader.exchanges(&cursor).empty());
        cursor = 0;
        QCOMPARE(reader.allMetrics(&cursor).size(), std::size_t{1});
    }

    void aGlanceSeesWhatAWriterHasWrittenAndLeavesNothingBehind() {
        const TempFolder folder;
        const auto newest = [&] {
            runs::RunDbReader reader(folder / "run.db", runs::RunDbReader::For::kGlance);
            runs::Metric metric;
            return reader.last("x", &metric) ? metric.value : -1;
        };
        {
            runs::RunDbWriter writer(folder / "run.db");
            for (int step = 1; step <= 3; ++step) {
                writer.add(runs::Metric{step, "x", step * 1.5, 0});
                writer.flush();  // stands in the log beside the database, not in it
                QCOMPARE(newest(), step * 1.5);
            }
        }
        QVERIFY(!std::filesystem::exists(folder / "run.db-wal"));
        QCOMPARE(newest(), 4.5);
        int files = 0;
        for (const auto& file : std::filesystem::directory_iterator(folder / "")) files += file.exists() ? 1 : 0;
        QCOMPARE(files, 1);
    }

    void limitsDeliverInPieces() {
        const TempFolder folder;
        runs::RunDbWriter writer(folder / "run.db");
        for (int step = 0; step < 25; ++step) writer.add(runs::Metric{step, "x", 0, 0});
        writer.flush();
        runs::RunDbReader reader(folder / "run.db");
        std::int64_t cursor = 0;
        std::vector<std::size_t> pieces;
        for (auto part = reader.allMetrics(&cursor, 10); !part.empty(); part = reader.allMetrics(&cursor, 10)) pieces.push_back(part.size());
        QCOMPARE(pieces, (std::vector<std::size_t>{10, 10, 5}));
    }

    void whatIsNoDatabaseIsRefused() {
        const TempFolder folder;
        const auto error = test::errorOf([&] { runs::RunDbReader reader(folder.write("run.db", "this is no database, only some text")); });
        QVERIFY(error.has_value());
        QVERIFY(error->code() == ExitCode::kIo);
        QVERIFY(test::errorOf([&] { runs::RunDbReader reader(folder / "missing.db"); }).has_value());
    }

    void tensorboardRecordsAreFramedAndChecked() {
        const TempFolder folder;
        {
            runs::TensorboardWriter writer(folder / "tb");
            writer.addScalar("loss/total", 1.5, 7, 12.25);
            writer.addText("config", "a: 1", 0, 12.5);
            writer.flush();
            QVERIFY(!writer.failing());
        }
        std::string bytes;
        for (const auto& entry : std::filesystem::directory_iterator(folder / "tb")) {
            QVERIFY(entry.path().filename().string().starts_with("events.out.tfevents."));
            bytes = test::readFile(entry.path());
        }
        std::vector<std::string> events;
        for (std::size_t at = 0; at < bytes.size();) {
            const auto size = numberAt<std::uint64_t>(bytes, at);
            QCOMPARE(numberAt<std::uint32_t>(bytes, at + 8), masked(bytes.substr(at, 8)));
            const std::string event = bytes.substr(at + 12, size);
            QCOMPARE(numberAt<std::uint32_t>(bytes, at + 12 + size), masked(event));
            events.push_back(event);
            at += 16 + size;
        }
        QCOMPARE(events.size(), std::size_t{3});
        QVERIFY(events[0].find("brain.Event:2") != std::string::npos);
        // Event{1: wall_time fixed64, 2: step varint, 5: Summary{1: Value{1: tag, 2: float}}}
        const std::string value = std::string("\x0a\x0a") + "loss/total" + "\x15" + std::string("\0\0\xc0\x3f", 4);
        const std::string summary = std::string("\x0a") + static_cast<char>(value.size()) + value;
        std::string expected = "\x09";
        const double time = 12.25;
        expected.append(reinterpret_cast<const char*>(&time), 8);
        expected += std::string("\x10\x07\x2a") + static_cast<char>(summary.size()) + summary;
        QCOMPARE(events[1], expected);
        QVERIFY(events[2].find("text") != std::string::npos);
    }

    void aFolderHoldsTheGivenBytesAndAFreshNameIsFound() {
        const TempFolder folder;
        const runs::RunPaths paths = makeRun(folder);
        QCOMPARE(test::readFile(paths.config()), std::string("# as given\nrun: {name: x}\n"));
        QVERIFY(config::loadText(test::readFile(paths.resolvedConfig())).ok());
        QVERIFY(test::errorOf([&] { makeRun(folder); })->code() == ExitCode::kBadConfig);
        RunConfig config = defaultConfig();
        config.run.name = "same";
        config.run.dir = folder.path().string();
        QCOMPARE(runs::createRunFolder(config, "", "", false).dir.filename().string(), std::string("same"));
        QCOMPARE(runs::createRunFolder(config, "", "", false).dir.filename().string(), std::string("same-2"));
        folder.write("other/file", "x");
        QVERIFY(test::errorOf([&] { runs::createRunFolder(config, "", (folder / "other").string(), true); }).has_value());
    }

    void statesComeFromProcessesNotFromStaleFiles() {
        const TempFolder folder;
        const runs::RunPaths paths = makeRun(folder);
        // Just made: its supervisor has some seconds to take it over.
        QVERIFY(runs::readStatus(paths.dir).state == runs::RunState::kStarting);
        fs::last_write_time(paths.resolvedConfig(), fs::file_time_type::clock::now() - std::chrono::minutes(1));
        QVERIFY(runs::readStatus(paths.dir).state == runs::RunState::kLost);
        QVERIFY(test::contains(runs::readStatus(paths.dir).problem, "never started"));
        const pid_t child = fork();
        if (child == 0) {
            pause();
            _exit(0);
        }
        runs::SupervisorRecord record;
        record.pid = child;
        record.start_ticks = runs::processStartTicks(child);
        record.boot_id = runs::bootId();
        record.phase = "running";
        record.command = {"switchyard", "train"};
        runs::writeSupervisorRecord(paths, record);
        QVERIFY(runs::readStatus(paths.dir).state == runs::RunState::kRunning);
        // Another process with the same number, or the same number before a reboot, is not it.
        runs::SupervisorRecord other = record;
        other.start_ticks += 1;
        runs::writeSupervisorRecord(paths, other);
        QVERIFY(runs::readStatus(paths.dir).state == runs::RunState::kLost);
        other = record;
        other.boot_id = "another boot";
        runs::writeSupervisorRecord(paths, other);
        QVERIFY(runs::readStatus(paths.dir).state == runs::RunState::kLost);
        runs::writeSupervisorRecord(paths, record);
        kill(child, SIGKILL);
        // Dead but not reaped: a zombie does no work.
        for (int i = 0; i < 100 && runs::processStartTicks(child) != 0; ++i) usleep(10'000);
        QVERIFY(runs::readStatus(paths.dir).state == runs::RunState::kLost);
        waitpid(child, nullptr, 0);
        runs::RunResult result;
        result.state = runs::RunState::kFailed;
        result.exit_code = 80;
        result.first_cause_rank = 2;
        result.first_cause = "rank 2 was ended";
        runs::writeResult(paths, result);
        const runs::RunStatus status = runs::readStatus(paths.dir);
        QVERIFY(status.state == runs::RunState::kFailed);
        QCOMPARE(status.result->first_cause_rank, 2);
        QCOMPARE(status.tags, (std::vector<std::string>{"a", "b"}));
        QCOMPARE(status.steps, std::int64_t{40});
    }

    void unreadableFoldersAreListedWithTheirProblem() {
        const TempFolder folder;
        makeRun(folder, "good");
        folder.write("half/config.yaml", "run: {name: half}\n");
        folder.write("garbage/config.yaml", "\x01\x02");
        folder.write("garbage/run.db", "no database");
        folder.write("garbage/result.json", "{\"state\": ");
        folder.write("no-run/file", "x");
        folder.write(".trash/old/config.yaml", "x");
        QCOMPARE(runs::listRunFolders(folder.path()).size(), std::size_t{3});
        for (const auto& dir : runs::listRunFolders(folder.path())) {
            const runs::RunStatus status = runs::readStatus(dir);
            QCOMPARE(status.problem.empty(), dir.filename() == "good");
        }
        QVERIFY(runs::listRunFolders(folder / "missing").empty());
    }

    void onlyCommittedCheckpointsCount() {
        const TempFolder folder;
        const runs::RunPaths paths = makeRun(folder);
        QVERIFY(runs::newestCheckpoint(paths.dir).empty());
        folder.write("run/checkpoints/step-00000010/COMMIT", "x");
        folder.write("run/checkpoints/step-00000020/manifest.json", "{}");
        folder.write("run/checkpoints/.tmp-step-00000030/COMMIT", "x");
        QCOMPARE(runs::newestCheckpoint(paths.dir).filename().string(), std::string("step-00000010"));
    }
};

QTEST_GUILESS_MAIN(RunsTest)
#include "runs_test.moc"
