// SPDX-License-Identifier: MIT
// What a folder that something happened to is said to be; notes; the trash.
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/runs/run_db.h"
#include "core/base/runs/run_status.h"
#include "core/base/runs/trash.h"
#include "core/base/util/clock.h"
#include "test_tools.h"

using namespace switchyard;
using test::contains;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

/// A run of `recorded` steps that ended well, by torchrun (without word) when `word` is false.
runs::RunPaths makeRun(const fs::path& dir, int recorded = 40, bool word = true, double last_record_s_ago = 1000) {
    RunConfig config = defaultConfig();
    config.train.steps = 40;
    config.run.note = "from the config";
    const runs::RunPaths paths = runs::createRunFolder(config, "# as given\n", dir.string(), false);
    runs::RunDbWriter db(paths.database());
    for (int step = 1; step <= recorded; ++step)
        db.add(runs::Metric{step, "loss/total", 2.0, wallTime() - last_record_s_ago - (recorded - step)});
    db.flush();
    if (word) {
        runs::RunResult result;
        result.state = runs::RunState::kFinished;
        result.exit_code = 0;
        runs::writeResult(paths, result);
    }
    return paths;
}

void overwrite(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace

class RunStatusTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Each with what a person is told.
    void damagedFoldersSayWhatIsWrong() {
        const TempFolder folder;
        const auto damaged = [&](const char* name, const char* words,
                                 const std::function<void(const runs::RunPaths&)>& damage) {
            const runs::RunPaths paths = makeRun(folder / name);
            QCOMPARE(runs::readStatus(paths.dir).problem, std::string());
            damage(paths);
            const std::string problem = runs::readStatus(paths.dir).problem;
            QVERIFY2(contains(problem, words), (std::string(name) + ": " + problem).c_str());
        };
        damaged("torn-config", "config.resolved.yaml can not be read", [](const runs::RunPaths& run) {
            const std::string text = test::readFile(run.resolvedConfig());
            overwrite(run.resolvedConfig(), text.substr(0, text.size() / 2 + 3) + "\x01");
        });
        damaged("no-config", "half copied or half deleted",
                [](const runs::RunPaths& run) { fs::remove(run.resolvedConfig()); });
        damaged("folder-for-config", "config.resolved.yaml can not be read", [](const runs::RunPaths& run) {
            fs::remove(run.resolvedConfig());
            fs::create_directory(run.resolvedConfig());
        });
        damaged("pipe-for-config", "config.resolved.yaml can not be read", [](const runs::RunPaths& run) {
            fs::remove(run.resolvedConfig());
            QCOMPARE(mkfifo(run.resolvedConfig().c_str(), 0600), 0);
        });
        damaged("no-database", "run.db can not be read",
                [](const runs::RunPaths& run) { overwrite(run.database(), "no database"); });
        damaged("folder-for-database", "run.db can not be read", [](const runs::RunPaths& run) {
            for (const char* end : {"", "-wal", "-shm"}) fs::remove(run.database().string() + end);
            fs::create_directory(run.database());
        });
        damaged("corrupt-database", "run.db can not be read", [](const runs::RunPaths& run) {
            for (const char* end : {"-wal", "-shm"}) fs::remove(run.database().string() + end);
            std::string bytes = test::readFile(run.database());
            QVERIFY(bytes.size() > 8192);
            for (std::size_t i = 4096; i < bytes.size(); ++i) bytes[i] = static_cast<char>(0xA5);
            overwrite(run.database(), bytes);
        });
        damaged("torn-result", "result.json is damaged",
                [](const runs::RunPaths& run) { overwrite(run.result(), "{\"state\": \"fin"); });
        damaged("odd-supervisor", "supervisor.json is damaged",
                [](const runs::RunPaths& run) { overwrite(run.supervisor(), "[1, 2]"); });
        damaged("gone", "gone", [](const runs::RunPaths& run) { fs::remove_all(run.dir); });
    }

    void fieldsOfAnotherTypeAreNoEnd() {
        const TempFolder folder;
        const runs::RunPaths run = makeRun(folder / "run");
        overwrite(run.supervisor(), R"({"pid": "many", "rank_pids": 3, "command": {}, "phase": null})");
        overwrite(run.result(), R"({"state": 7, "exit_code": "x", "first_cause": []})");
        const runs::RunStatus status = runs::readStatus(run.dir);
        QVERIFY(status.state == runs::RunState::kFailed);
        QCOMPARE(status.result->exit_code, 1);
        QCOMPARE(status.step, std::int64_t{40});
    }

    void remainsAndForeignFoldersAreListed() {
        const TempFolder folder;
        folder.write("only-checkpoints/checkpoints/step-00000010/COMMIT", "x");
        folder.write("only-logs/logs/rank-0.log", "x");
        folder.write("lightning/events.out.tfevents.1.host", "x");
        folder.write("torch/model.ckpt", "x");
        folder.write("pictures/cat.jpg", "x");  // no run in any sense
        folder.write("file", "x");
        fs::create_directory(folder / "empty");
        std::vector<std::string> names;
        for (const fs::path& dir : runs::listRunFolders(folder.path())) {
            names.push_back(dir.filename().string());
            const runs::RunStatus status = runs::readStatus(dir);
            QVERIFY(status.state == runs::RunState::kLost);
            QVERIFY2(contains(status.problem, "no run of this program"), status.problem.c_str());
        }
        std::sort(names.begin(), names.end());
        QCOMPARE(names, (std::vector<std::string>{"lightning", "only-checkpoints", "only-logs", "torch"}));
    }

    void unreadableForOthersThanRoot() {
        if (geteuid() == 0) QSKIP("root reads everything");
        const TempFolder folder;
        const runs::RunPaths run = makeRun(folder / "run");
        fs::permissions(run.dir, fs::perms::none);
        QCOMPARE(runs::listRunFolders(folder.path()).size(), std::size_t{1});
        QVERIFY(contains(runs::readStatus(run.dir).problem, "can not be looked into"));
        fs::permissions(run.dir, fs::perms::owner_all);
    }

    void otherLaunchersAreJudgedByTheirRecords() {
        const TempFolder folder;
        const auto state = [&](const runs::RunPaths& run) { return runs::readStatus(run.dir); };
        const runs::RunStatus going = state(makeRun(folder / "going", 12, false, 5));
        QVERIFY(going.state == runs::RunState::kRunning && going.elsewhere);
        QVERIFY(state(makeRun(folder / "silent", 12, false, 300)).state == runs::RunState::kLost);
        QVERIFY(state(makeRun(folder / "whole", 40, false, 300)).state == runs::RunState::kFinished);
        // Another machine's supervisor: its process can not be asked for, its records can.
        const auto of = [&](const char* name, const char* host, double ago) {
            const runs::RunPaths run = makeRun(folder / name, 12, false, ago);
            runs::SupervisorRecord record;
            record.pid = getpid();
            record.start_ticks = runs::processStartTicks(getpid());
            record.boot_id = "another boot";
            record.host = host;
            record.phase = "running";
            runs::writeSupervisorRecord(run, record);
            return runs::readStatus(run.dir);
        };
        QVERIFY(of("far", "far-away", 5).elsewhere);
        QVERIFY(of("far-silent", "far-away", 300).state == runs::RunState::kLost);
        QVERIFY(of("before-reboot", runs::hostName().c_str(), 5).state == runs::RunState::kLost);
    }

    void aCopyOfAQueuedFolderWaitsForNothing() {
        const TempFolder folder;
        RunConfig config = defaultConfig();
        const runs::RunPaths run = runs::createRunFolder(config, "", (folder / "run").string(), false);
        runs::QueueTicket ticket;
        ticket.queued_at = wallTime();
        ticket.host = runs::hostName();
        ticket.dir = run.dir.string();
        ticket.command = {"switchyard", "train"};
        runs::writeTicket(run.dir, ticket);
        QVERIFY(runs::readStatus(run.dir).state == runs::RunState::kQueued);
        QCOMPARE(runs::readStatus(run.dir).ticket->command, ticket.command);
        fs::copy(run.dir, folder / "copy", fs::copy_options::recursive);
        QVERIFY(runs::readStatus(folder / "copy").state != runs::RunState::kQueued);
        // A supervisor that took it has been there, even if it could not take the ticket away.
        runs::SupervisorRecord record;
        record.started_at = ticket.queued_at + 1;
        runs::writeSupervisorRecord(run, record);
        QVERIFY(runs::readStatus(run.dir).state == runs::RunState::kLost);
    }

    void aNoteCanBeChangedAndTakenAway() {
        const TempFolder folder;
        const runs::RunPaths run = makeRun(folder / "run");
        QCOMPARE(runs::readStatus(run.dir).note, std::string("from the config"));
        runs::setNote(run.dir, "new\nlines");
        QCOMPARE(runs::readStatus(run.dir).note, std::string("new\nlines"));
        runs::setNote(run.dir, "");
        QCOMPARE(runs::readStatus(run.dir).note, std::string());
        QCOMPARE(runs::readStatus(run.dir).step, std::int64_t{40});
    }

    void theTrashGivesBack() {
        const TempFolder folder;
        const runs::RunPaths run = makeRun(folder / "run");
        const fs::path trashed = runs::moveToTrash(run.dir);
        QVERIFY(runs::listRunFolders(folder.path()).empty());
        makeRun(folder / "run");
        const fs::path second = runs::moveToTrash(run.dir);
        QVERIFY(second != trashed);
        QCOMPARE(runs::restoreFromTrash(trashed, run.dir), run.dir);
        QCOMPARE(runs::restoreFromTrash(second, run.dir).filename().string(), std::string("run-2"));
        QCOMPARE(runs::readStatus(run.dir).step, std::int64_t{40});
        QVERIFY(test::errorOf([&] { runs::restoreFromTrash(trashed, run.dir); })->code() == ExitCode::kIo);
    }

    /// A read-only file system can hold no write-ahead log's helper file; reading must not need one.
    void readingLeavesAFolderAlone() {
        const TempFolder folder;
        const runs::RunPaths run = makeRun(folder / "run");
        runs::readStatus(run.dir);
        std::map<std::string, fs::file_time_type> before, after;
        const auto look = [&](auto& times) {
            for (const auto& entry : fs::recursive_directory_iterator(run.dir))
                times[entry.path().string()] = entry.last_write_time();
        };
        look(before);
        for (int i = 0; i < 3; ++i) runs::readStatus(run.dir);
        look(after);
        before.erase(run.database().string() + "-shm");
        after.erase(run.database().string() + "-shm");
        QVERIFY(before == after);
    }
};

QTEST_GUILESS_MAIN(RunStatusTest)
#include "run_status_test.moc"
