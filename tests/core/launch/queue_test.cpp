// SPDX-License-Identifier: MIT
// Order, settings and tickets of a queue. Runs that are started: tests/process/queue_test.cpp.
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <thread>

#include "core/base/launch/run_queue.h"
#include "core/base/util/error.h"

using namespace switchyard;
namespace fs = std::filesystem;

class QueueTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    fs::path runs() const { return temp_->path().toStdString(); }

    void add(const std::string& name) const {
        launch::PreparedRun run;
        run.config = defaultConfig();
        run.paths = runs::createRunFolder(run.config, "", (runs() / name).string(), true);
        run.command = {"switchyard", "train", "--config", name};
        run.bind = "127.0.0.1";
        launch::enqueue(run);
    }
    QStringList names() const {
        QStringList names;
        for (const fs::path& dir : launch::queuedRuns(runs())) names << QString::fromStdString(dir.filename().string());
        return names;
    }

private Q_SLOTS:
    void init() { temp_ = std::make_unique<QTemporaryDir>(); }

    void oneAfterAnother() {
        for (const char* name : {"c", "a", "b"}) add(name);
        QCOMPARE(names(), (QStringList{"c", "a", "b"}));
        launch::moveInQueue(runs() / "b", 1);
        QCOMPARE(names(), (QStringList{"b", "c", "a"}));
        launch::moveInQueue(runs() / "b", 2);
        QCOMPARE(names(), (QStringList{"c", "b", "a"}));
        launch::moveInQueue(runs() / "c", 99);
        QCOMPARE(names(), (QStringList{"b", "a", "c"}));
        std::vector<runs::RunStatus> list;
        for (const fs::path& dir : runs::listRunFolders(runs())) list.push_back(runs::readStatus(dir));
        launch::placeQueued(runs(), &list);
        for (const runs::RunStatus& run : list)
            QCOMPARE(run.queue_place, names().indexOf(QString::fromStdString(run.name)) + 1);
        const launch::PreparedRun next = launch::queuedRun(runs() / "b");
        QCOMPARE(next.command.back(), std::string("b"));
    }

    void whatIsTakenOutGoesToTheTrash() {
        for (const char* name : {"a", "b"}) add(name);
        const fs::path now = launch::removeFromQueue(runs() / "a");
        QVERIFY(fs::exists(now) && now.parent_path().filename() == ".trash");
        QCOMPARE(names(), QStringList{"b"});
        fs::rename(now, runs() / "a");  // brought back, it waits again where it did
        QCOMPARE(names(), (QStringList{"a", "b"}));
        bool refused = false;
        fs::remove(runs::RunPaths(runs() / "b").queueTicket());
        try {
            launch::removeFromQueue(runs() / "b");
        } catch (const Error& error) {
            refused = error.code() == ExitCode::kUsage;
        }
        QVERIFY(refused);
    }

    void settingsAreKeptAndChecked() {
        QVERIFY(launch::queueSettings(runs()) == launch::QueueSettings());
        launch::setQueueSettings(runs(), {3, true});
        add("a");
        QVERIFY(launch::queueSettings(runs()) == (launch::QueueSettings{3, true}));
        for (const int number : {0, -1, launch::kMostAtOnce + 1}) {
            bool refused = false;
            try {
                launch::setQueueSettings(runs(), {number, false});
            } catch (const Error& error) {
                refused = error.code() == ExitCode::kUsage;
            }
            QVERIFY(refused);
        }
    }

    void aDamagedFileCostsTheOrderOnly() {
        for (const char* name : {"a", "b"}) add(name);
        launch::moveInQueue(runs() / "b", 1);
        for (const char* text :
             {"", "{\"order\": [1, 2], \"at_once\": \"many\"", "[]", "{\"order\": 5, \"at_once\": -3}"}) {
            std::ofstream(launch::queueFolder(runs()) / "queue.json", std::ios::trunc) << text;
            QCOMPARE(names(), (QStringList{"a", "b"}));  // as they came
            QCOMPARE(launch::queueSettings(runs()).at_once, 1);
        }
        launch::moveInQueue(runs() / "b", 1);
        QCOMPARE(names(), (QStringList{"b", "a"}));
    }

    void manyAtTheSameTimeLoseNothing() {
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([this, i] {
                for (int j = 0; j < 5; ++j) {
                    add("run-" + std::to_string(i) + "-" + std::to_string(j));
                    launch::moveInQueue(runs() / ("run-" + std::to_string(i) + "-" + std::to_string(j)), 1);
                }
            });
        for (std::thread& thread : threads) thread.join();
        QCOMPARE(names().size(), 40);
    }
};

QTEST_GUILESS_MAIN(QueueTest)
#include "queue_test.moc"
