// SPDX-License-Identifier: MIT
// The profiles file as people write it, and how Slurm's words are read.
#include <QtTest>

#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/profile.h"
#include "core/base/launch/profiles/slurm_engine.h"
#include "core/base/launch/profiles/slurm_script.h"
#include "core/base/util/error.h"

using namespace switchyard;

namespace {

std::string problemsOf(const std::string& text) {
    try {
        launch::parseProfiles(text, "profiles.yaml");
    } catch (const Error& error) {
        return error.code() == ExitCode::kBadConfig ? error.message() : "another code";
    }
    return {};
}

}  // namespace

class ProfilesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyKeyIsRead() {
        const auto profiles = launch::parseProfiles(
            "a:\n  kind: slurm\n  partition: gpu\n  account: lab\n  time: \"01:00:00\"\n  nodes: 2\n  tasks_per_node: "
            "4\n"
            "  cpus_per_task: 3\n  gpus_per_node: 4\n  sbatch: [--qos=high]\n  setup: [module load x]\n  interface: "
            "ib0\n  worker: /opt/w\n"
            "b: {kind: ssh, hosts: [one, me@two], slots: 2, folder: /shared, starter: torchrun, options: [Port=22]}\n"
            "c: {kind: kubernetes, image: i, claim: runs, replicas: 3, gpus: 0}\n",
            "file");
        QCOMPARE(profiles.size(), 3U);
        QCOMPARE(profiles[0].ranks(), 8);
        QCOMPARE(profiles[0].slurm.sbatch, std::vector<std::string>{"--qos=high"});
        QCOMPARE(profiles[1].line, 14);
        QCOMPARE(profiles[1].ranks(), 4);
        QCOMPARE(profiles[1].ssh.hosts[1], std::string("me@two"));
        QCOMPARE(profiles[2].kubernetes.replicas, 3);
        // What a run folder keeps reads back as the same.
        for (const launch::Profile& one : profiles) {
            const auto again = launch::parseProfiles(one.text, "file");
            QCOMPARE(again.size(), 1U);
            QCOMPARE(again[0].name, one.name);
            QCOMPARE(again[0].ranks(), one.ranks());
            QCOMPARE(again[0].setup, one.setup);
        }
    }

    void mistakesAreNamedWithTheirLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown key")
            << "a:\n  kind: slurm\n  partiton: gpu"
            << "profiles.yaml:3: a profile of kind slurm has no key partiton. Did you mean partition?";
        QTest::newRow("another kind's key") << "a:\n  kind: slurm\n  hosts: [x]"
                                            << "profiles.yaml:3: ";
        QTest::newRow("twice") << "a:\n  kind: slurm\n  nodes: 1\n  nodes: 2"
                               << "profiles.yaml:4: ";
        QTest::newRow("no kind") << "a:\n  nodes: 1"
                                 << "profiles.yaml:1: the profile a has no kind";
        QTest::newRow("unknown kind") << "a:\n  kind: slrum"
                                      << "profiles.yaml:2: there is no kind of profile slrum";
        QTest::newRow("number") << "a:\n  kind: slurm\n  nodes: two"
                                << "profiles.yaml:3: nodes is no whole number";
        QTest::newRow("zero") << "a:\n  kind: slurm\n  nodes: 0"
                              << "profiles.yaml:3: ";
        QTest::newRow("two lines") << "a:\n  kind: slurm\n  setup: [\"x\\ny\"]"
                                   << "profiles.yaml:3: setup holds a line break";
        QTest::newRow("an option's host") << "a: {kind: ssh, folder: /x, hosts: [-oProxyCommand=x]}"
                                          << "no host is called";
        QTest::newRow("no folder") << "a: {kind: ssh, hosts: [x]}"
                                   << "the profile a has no folder";
        QTest::newRow("relative folder") << "a: {kind: ssh, hosts: [x], folder: runs}"
                                         << "folder is no absolute path";
        QTest::newRow("name") << "\"a b\": {kind: slurm}"
                              << "a profile's name has";
        QTest::newRow("local") << "local: {kind: slurm}"
                               << "local is this machine";
        QTest::newRow("alias") << "a: &x {kind: slurm}\nb: *x"
                               << "profiles.yaml:";
    }
    void mistakesAreNamedWithTheirLine() {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const QString problems = QString::fromStdString(problemsOf(text.toStdString()));
        QVERIFY2(problems.contains(says), qPrintable(problems));
    }

    void namesCanNotBreakOutOfTheScript() {
        launch::Profile profile =
            launch::parseProfiles("a: {kind: slurm, worker: \"/opt/it's; touch x/w\"}", "file")[0];
        launch::PreparedRun run;
        run.paths = runs::RunPaths("/runs/$(touch x) 'y'");
        const std::string script = launch::slurmScript(profile, run);
        // sh reads the words back as they were.
        std::string line = script.substr(script.find("\\\n") + 2);
        const launch::CommandResult said =
            launch::runCommand({"sh", "-c", "printf '%s\\n' " + line}, std::chrono::seconds(5));
        QCOMPARE(said.out, std::string("/opt/it's; touch x/w\n--run-dir\n/runs/$(touch x) 'y'\n"));
        QVERIFY(script.find("#SBATCH --job-name=switchyard-__touch_x___y_") != std::string::npos);
    }

    void slurmsWordsAreRead_data() {
        QTest::addColumn<QString>("job");
        QTest::addColumn<QString>("srun");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("rank");
        QTest::addColumn<QString>("says");
        QTest::newRow("memory") << "JobState=OUT_OF_MEMORY Reason=OutOfMemory ExitCode=0:125"
                                << "srun: error: n2: task 3: Out Of Memory\n"
                                << 84 << 3 << "memory";
        QTest::newRow("time") << "JobState=TIMEOUT Reason=TimeLimit ExitCode=0:15"
                              << "srun: error: n1: tasks 0-1: Terminated\n"
                              << 1 << -1 << "time limit (TIMEOUT)";
        QTest::newRow("node") << "JobState=NODE_FAIL Reason=NodeDown ExitCode=1:0"
                              << "" << 80 << -1 << "lost a node (NODE_FAIL)";
        QTest::newRow("killed")
            << "JobState=FAILED Reason=NonZeroExitCode ExitCode=137:0"
            << "srun: error: n1: task 0: Exited with exit code 80\nsrun: error: n1: task 2: Killed\n"
            << 80 << 2 << "signal 9 (SIGKILL)";
        QTest::newRow("crashed") << "JobState=FAILED ExitCode=139:0"
                                 << "srun: error: n1: tasks 4-5: Segmentation fault (core dumped)\n"
                                 << 80 << 4 << "SIGSEGV";
        QTest::newRow("no srun") << "JobState=FAILED ExitCode=127:0"
                                 << "slurm_script: srun: not found\n"
                                 << 1 << -1 << "srun: not found";
    }
    void slurmsWordsAreRead() {
        QFETCH(QString, job);
        QFETCH(QString, srun);
        QFETCH(int, code);
        QFETCH(int, rank);
        QFETCH(QString, says);
        const launch::JobState end = launch::slurmEnd(job.toStdString(), srun.toStdString(), "7");
        QVERIFY(end.phase == launch::JobPhase::kEnded && end.exit_code != 0 && !end.cancelled && end.cause);
        QCOMPARE(end.cause->code, code);
        QCOMPARE(end.cause->rank, rank);
        QVERIFY2(QString::fromStdString(end.cause->message).contains(says), end.cause->message.c_str());
    }
};

QTEST_GUILESS_MAIN(ProfilesTest)
#include "profiles_test.moc"
