// SPDX-License-Identifier: MIT
// A run.db followed on another machine: each row once, whatever is written, removed or interrupted in between.
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "core/base/runs/record_changes.h"
#include "core/base/runs/run_db.h"
#include "core/base/util/error.h"

using namespace switchyard;
namespace fs = std::filesystem;

namespace {

struct Rows {
    std::vector<std::pair<std::int64_t, double>> losses;
    std::vector<std::int64_t> loads, probes;
    std::vector<std::string> events;
    bool operator==(const Rows&) const = default;
};

Rows rowsOf(const fs::path& file) {
    Rows rows;
    runs::RunDbReader db(file);
    std::int64_t cursor = 0;
    for (const runs::Metric& metric : db.metrics("loss/total", &cursor))
        rows.losses.emplace_back(metric.step, metric.value);
    cursor = 0;
    for (const runs::ExpertLoad& load : db.expertLoads(&cursor)) rows.loads.push_back(load.step);
    cursor = 0;
    for (const runs::Event& event : db.events(&cursor)) rows.events.push_back(event.message);
    return rows;
}

void train(const fs::path& file, int first, int last, double value) {
    runs::RunDbWriter db(file);
    for (int step = first; step <= last; ++step) {
        db.add(runs::Metric{step, "loss/total", value + step, 100.0 + step});
        db.add(runs::ExpertLoad{step, "layer", "text", {1, 2}, 0});
    }
    db.flush();
}

}  // namespace

class RecordChangesTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    fs::path path(const char* name) const { return temp_->filePath(name).toStdString(); }
    void follow() const {
        fs::remove(path("changes"));
        runs::writeRecordChanges(path("there.db"), runs::recordCursors(path("here.db")), path("changes"));
        runs::applyRecordChanges(path("changes"), path("here.db"));
    }

private Q_SLOTS:
    void init() { temp_ = std::make_unique<QTemporaryDir>(); }

    void everyRowComesOnce() {
        const runs::RunDbWriter open_all_the_time(path("there.db"));  // a write-ahead log stays beside it
        train(path("there.db"), 1, 5, 0);
        follow();
        QCOMPARE(rowsOf(path("here.db")).losses.size(), 5U);
        follow();  // nothing new
        train(path("there.db"), 6, 8, 0);
        follow();
        QVERIFY(rowsOf(path("here.db")) == rowsOf(path("there.db")));
        // Only what is new travels.
        train(path("there.db"), 9, 9, 0);
        fs::remove(path("changes"));
        runs::writeRecordChanges(path("there.db"), runs::recordCursors(path("here.db")), path("changes"));
        std::int64_t cursor = 0;
        QCOMPARE(runs::RunDbReader(path("changes")).allMetrics(&cursor).size(), 1U);
        // Taken in twice, as when who did it was ended before it could say so.
        runs::applyRecordChanges(path("changes"), path("here.db"));
        runs::applyRecordChanges(path("changes"), path("here.db"));
        QCOMPARE(rowsOf(path("here.db")).losses, rowsOf(path("there.db")).losses);
    }

    void aResumeRemovesRowsHereToo() {
        train(path("there.db"), 1, 6, 0);
        follow();
        runs::RunDbReader reader(path("here.db"));  // as the window holds it
        const std::int64_t before = reader.generation();
        runs::RunDbWriter(path("there.db")).truncateAfter(3);
        train(path("there.db"), 4, 5, 10);
        follow();
        QCOMPARE(rowsOf(path("here.db")).losses, rowsOf(path("there.db")).losses);
        QVERIFY(reader.generation() != before);
        std::int64_t cursor = 0;
        QCOMPARE(reader.metrics("loss/total", &cursor).size(), 5U);
    }

    void ownEventsAndNoteStay() {
        train(path("there.db"), 1, 2, 0);
        {
            runs::RunDbWriter here(path("here.db"));
            here.add(runs::Event{1, -1, runs::Level::kInfo, "supervisor", "Handed over"});
            here.setMeta("note", "mine");
            here.flush();
            runs::RunDbWriter there(path("there.db"));
            there.add(runs::Event{2, 1, runs::Level::kInfo, "rank 0", "there"});
            there.setMeta("note", "theirs");
            there.setMeta("steps", "9");
            there.flush();
        }
        follow();
        follow();
        QCOMPARE(rowsOf(path("here.db")).events, (std::vector<std::string>{"Handed over", "there"}));
        QCOMPARE(runs::RunDbReader(path("here.db")).meta("note"), std::string("mine"));
        QCOMPARE(runs::RunDbReader(path("here.db")).meta("steps"), std::string("9"));
        // What is sent to go on with has the records, not the events.
        const runs::RunDbWriter in_use(path("here.db"));
        runs::writeRecordCopy(path("here.db"), path("sent.db"));
        QCOMPARE(rowsOf(path("sent.db")).losses, rowsOf(path("here.db")).losses);
        QVERIFY(rowsOf(path("sent.db")).events.empty());
        QVERIFY(!fs::exists(path("sent.db-wal")));
    }

    void whatIsNoRecordIsRefused() {
        QVERIFY_EXCEPTION_THROWN(runs::writeRecordChanges(path("none.db"), "", path("changes")), Error);
        QVERIFY(!fs::exists(path("none.db")));
        train(path("there.db"), 1, 1, 0);
        QVERIFY_EXCEPTION_THROWN(runs::applyRecordChanges(path("there.db"), path("here.db")), Error);
    }
};

QTEST_GUILESS_MAIN(RecordChangesTest)
#include "record_changes_test.moc"
