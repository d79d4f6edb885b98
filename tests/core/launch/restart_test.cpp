// SPDX-License-Identifier: MIT
// When a run starts again and where, which of several failures was first, and how a log is cut.
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/io/manifest.h"
#include "core/base/io/safetensors.h"
#include "core/base/launch/crash_report.h"
#include "core/base/launch/first_cause.h"
#include "core/base/launch/log_rotation.h"
#include "core/base/launch/restart_policy.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// A whole checkpoint, saved under a rewind number.
std::string checkpoint(const TempFolder& folder, const std::string& name, std::int64_t rewind) {
    const fs::path temporary = folder / (".tmp-" + name), done = folder / name;
    fs::create_directories(temporary);
    io::SafetensorsWriter writer(temporary / "model.r000-of-001.safetensors", {{"w", io::Dtype::kF32, {1}}});
    const float value = 1;
    writer.write("w", &value, 4);
    const auto finished = writer.finish();
    io::Manifest manifest;
    manifest.created_by = "test";
    manifest.files.push_back({"model.r000-of-001.safetensors", finished.bytes, finished.sha256});
    manifest.tensors.push_back({"w", "model.r000-of-001.safetensors", "model", "F32", {1}, {0}, {1}});
    manifest.info = {{"rewind", rewind}};
    io::commitCheckpoint(temporary, done, manifest);
    return done.string();
}

/// A rank as the supervisor knows it; its process is one that has ended.
launch::RankState rank(std::chrono::milliseconds silent_for, std::chrono::milliseconds lifeless_for = 0ms) {
    launch::SpawnOptions options;
    options.argv = {"/bin/true"};
    launch::RankState state{.process = launch::ChildProcess::spawn(options)};
    state.progress_at = launch::Clock::now() - silent_for;
    state.alive_at = launch::Clock::now() - lifeless_for;
    state.phase = "train";
    return state;
}

void says(launch::RankState& state, int code, const char* message, std::chrono::milliseconds ago) {
    state.error = {{"code", code}, {"message", message}};
    state.error_at = launch::Clock::now() - ago;
}

}  // namespace

class RestartUnitTest : public QObject {
    Q_OBJECT
    TempFolder folder_;

private Q_SLOTS:
    void cleanup() { qunsetenv("SWITCHYARD_RESTART_DELAY_MS"); }

    void delaysDouble() {
        // 1, 2, 4, 8, 16, 32, then at most 60 s.
        const std::vector<std::chrono::milliseconds> expected = {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY(launch::restartDelay(static_cast<int>(i)) == expected[i]);
        QVERIFY(launch::restartDelay(1000) == 60s);
        qputenv("SWITCHYARD_RESTART_DELAY_MS", "10");
        QVERIFY(launch::restartDelay(0) == 10ms && launch::restartDelay(3) == 80ms);
        qputenv("SWITCHYARD_RESTART_DELAY_MS", "soon");
        QVERIFY(launch::restartDelay(0) == 1s);
    }

    void onlyWhatAnotherTryMayPass() {
        for (const int code : {80, 81, 84}) {
            RunConfig config;
            config.run.restarts = 2;
            launch::RestartPolicy policy(config, {});
            QVERIFY(policy.next(code) == 1s && policy.next(code) == 2s);
            QVERIFY(!policy.next(code));
            QCOMPARE(policy.restarts(), 2);
        }
        for (const int code : {1, 2, 65, 74, 78, 82, 83, 130}) {
            RunConfig config;
            config.run.restarts = 2;
            launch::RestartPolicy policy(config, {"/some/checkpoint", 0});
            QVERIFY2(!policy.next(code), std::to_string(code).c_str());
            QCOMPARE(policy.restarts(), 0);
        }
    }

    void fromTheNewestThatIsWhole() {
        RunConfig config;
        config.run.restarts = 9;
        launch::RestartPolicy policy(config, {"given", 0});
        QVERIFY(policy.next(80));
        QCOMPARE(policy.start().checkpoint, std::string("given"));
        const std::string older = checkpoint(folder_, "step-00000001", 0),
                          newer = checkpoint(folder_, "step-00000002", 0);
        policy.saved(older);
        policy.saved(newer);
        QVERIFY(policy.next(81));
        QCOMPARE(policy.start().checkpoint, newer);
        // A byte of the newer one turns over.
        std::fstream file(fs::path(newer) / "model.r000-of-001.safetensors",
                          std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-1, std::ios::end);
        file.put('\x55');
        file.close();
        QVERIFY(policy.next(84));
        QCOMPARE(policy.start().checkpoint, older);
        fs::remove_all(older);
        QVERIFY(policy.next(80));
        QCOMPARE(policy.start().checkpoint, std::string("given"));
    }

    void rewindsCountOnFromTheCheckpoints() {
        RunConfig config;
        config.train.non_finite = NonFinite::kRewind;
        config.train.non_finite_limit = 2;
        config.run.restarts = 1;
        launch::RestartPolicy policy(config, {});
        QVERIFY(!policy.next(82));  // nothing to go back to
        policy.saved(checkpoint(folder_, "step-00000010", 4));
        QVERIFY(policy.next(82) == 0ms && policy.rewound());
        QCOMPARE(policy.start().rewind, std::int64_t{5});
        // A restart keeps the order that the run is in, though the checkpoint was saved in an earlier one.
        QVERIFY(policy.next(80) == 1s && !policy.rewound());
        QCOMPARE(policy.start().rewind, std::int64_t{5});
        QVERIFY(policy.next(82));
        QCOMPARE(policy.start().rewind, std::int64_t{6});
        QVERIFY(!policy.next(82));
        QCOMPARE(policy.rewinds(), 2);
        config.train.non_finite = NonFinite::kStop;
        launch::RestartPolicy stops(config, {checkpoint(folder_, "step-00000011", 0), 0});
        QVERIFY(!stops.next(82));
    }

    void theFirstCauseIsNoLostConnection() {
        std::vector<launch::RankState> ranks;
        for (int i = 0; i < 3; ++i) ranks.push_back(rank(0ms));
        QVERIFY(!launch::firstCause(ranks));
        says(ranks[0], 80, "closed", 30ms);
        QCOMPARE(launch::firstCause(ranks)->rank, 0);
        says(ranks[2], 65, "bad sample", 10ms);
        QCOMPARE(launch::firstCause(ranks)->rank, 2);
        QCOMPARE(launch::firstCause(ranks)->code, 65);
        says(ranks[1], 74, "disk", 20ms);
        QCOMPARE(launch::firstCause(ranks)->rank, 1);
        // How a rank ended that was ended for the others' sake says nothing.
        std::vector<launch::RankState> two;
        for (int i = 0; i < 2; ++i) two.push_back(rank(0ms));
        says(two[0], 80, "closed", 30ms);
        two[1].ended = two[1].ended_by_us = true;
        two[1].status = {143, SIGTERM};
        two[1].ended_at = launch::Clock::now();
        QCOMPARE(launch::firstCause(two)->rank, 0);
        two[1].ended_by_us = false;
        QCOMPARE(launch::firstCause(two)->rank, 1);
        QCOMPARE(launch::firstCause(two)->signal, SIGTERM);
    }

    void hangsNameWhoGivesNoSignOfLife() {
        std::vector<launch::RankState> ranks;
        for (int i = 0; i < 3; ++i) ranks.push_back(rank(4000ms));
        ranks[0].doing = "gradients 7";
        ranks[2].doing = "gradients 6";
        QVERIFY(!launch::findHang(ranks, 5s));
        // Rank 1 was silent longest, but lives; rank 2's process does nothing.
        ranks[1].progress_at -= 2s;
        QCOMPARE(launch::findHang(ranks, 5s)->rank, 1);
        ranks[2].alive_at = launch::Clock::now() - 3s;
        const launch::Cause cause = *launch::findHang(ranks, 5s);
        QCOMPARE(cause.rank, 2);
        QCOMPARE(cause.code, 81);
        QVERIFY2(
            contains(cause.message,
                     "rank 2 gives no sign of life for 3 s, last seen in gradients 6; rank 0 waits in gradients 7"),
            cause.message.c_str());
        // Saving may take long, but not without a sign of life.
        for (launch::RankState& state : ranks) {
            state.phase = "checkpoint";
            state.progress_at = launch::Clock::now() - 60s;
        }
        QVERIFY(!launch::findHang(ranks, 5s));
        ranks[2].alive_at = launch::Clock::now() - 6s;
        QCOMPARE(launch::findHang(ranks, 5s)->rank, 2);
        // Before it said anything a rank is still being loaded.
        ranks[2].phase = "";
        QVERIFY(!launch::findHang(ranks, 5s));
        // A peer that waited too long for a stopped rank is not the cause.
        says(ranks[0], 81, "rank 0: gradients 7 took too long", 0ms);
        ranks[2].phase = "train";
        QCOMPARE(launch::firstCause(ranks)->rank, 2);
    }

    void logsAreCut() {
        const fs::path log = folder_ / "rank-0.log", kept = folder_ / "rank-0.log.1";
        std::string text;
        for (int i = 0; i < 1000; ++i) text += "line " + std::to_string(i) + "\n";
        folder_.write("rank-0.log", text);
        QVERIFY(!launch::cutLog(log, text.size()));
        QCOMPARE(readFile(log), text);
        QVERIFY(launch::cutLog(log, text.size() - 1));
        QCOMPARE(readFile(kept), text.substr(text.size() - (text.size() - 1) / 4));
        // Where whole blocks can be taken out, the last one stays as well.
        const std::string note = "(cut here: what came before is in rank-0.log.1)\n", left = readFile(log);
        QVERIFY(left == note || left == text.substr((text.size() - 1) / 4096 * 4096) + note);
        QVERIFY(!launch::cutLog(folder_ / "none.log", 1));
        // Never through a link.
        fs::create_symlink(kept, folder_ / "link.log");
        QVERIFY(!launch::cutLog(folder_ / "link.log", 1));
        QVERIFY(!readFile(kept).empty());
    }

    void aLogIsCutWhileItIsWritten() {
        // A writer numbers its lines while the log is cut again and again.
        const fs::path log = folder_ / "busy.log";
        const pid_t writer = fork();
        if (writer == 0) {
            FILE* file = std::fopen(log.c_str(), "a");
            for (int i = 0; i < 200'000; ++i) std::fprintf(file, "%06d\n", i);
            std::fclose(file);
            _exit(0);
        }
        int cuts = 0, status = 0;
        while (waitpid(writer, &status, WNOHANG) == 0) cuts += launch::cutLog(log, 100'000) ? 1 : 0;
        QCOMPARE(status, 0);
        QVERIFY(cuts > 0);
        const std::string last = readFile(log.string() + ".1") + readFile(log);
        struct statfs system {};
        QVERIFY(statfs(folder_.path().c_str(), &system) == 0);
        if (system.f_type == 0xEF53) QVERIFY(contains(last, "199999\n"));  // ext4, where not even a moment is lost
        QVERIFY(fs::file_size(log) < 1'400'000);
    }

    void reportsEscapeWhatTheyQuote() {
        const runs::RunPaths paths(folder_ / "run");
        fs::create_directories(paths.logs());
        folder_.write("run/config.resolved.yaml", "run: {name: x}\n");
        std::string log;
        for (int i = 0; i < 80; ++i) log += "line " + std::to_string(i) + "\n";
        folder_.write("run/logs/rank-0.log", log + "\x1b[31mred\n");
        folder_.write("run/crash/rank-0.txt", "rank 0 got signal 11\n");
        folder_.write("run/crash/rank-1.txt", "");
        std::vector<launch::RankState> ranks;
        for (int i = 0; i < 2; ++i) ranks.push_back(rank(0ms));
        const launch::Cause cause{0, 80, 11, "rank 0 was ended\x1b", "Look"};
        QCOMPARE(launch::writeCrashReport(paths, cause, ranks, 12), paths.crash() / "failure-1.txt");
        const std::string text = readFile(paths.crash() / "failure-1.txt");
        QVERIFY(!contains(text, "\x1b"));
        for (const char* part : {"rank 0 was ended\\x1b", "\\x1b[31mred", "line 79", "line 31", "rank 0 got signal 11",
                                 "name: x", "exit code  80 (peer_lost)"})
            QVERIFY2(contains(text, part), part);
        QVERIFY(!contains(text, "line 30\n"));  // 50 lines: the red one and 31 to 79
        QCOMPARE(launch::writeCrashReport(paths, cause, ranks, 12), paths.crash() / "failure-2.txt");
        launch::removeEmptyCrashFiles(paths, 2);
        QVERIFY(fs::exists(paths.rankCrash(0)) && !fs::exists(paths.rankCrash(1)));
    }
};

QTEST_GUILESS_MAIN(RestartUnitTest)
#include "restart_test.moc"
