// SPDX-License-Identifier: MIT
// Finding runs by words and by values of their configs; values read from a resolved config without the loader.
#include "core/base/runs/run_query.h"
#include "test_tools.h"

using namespace switchyard;
using runs::RunQuery;

namespace {

runs::RunStatus run() {
    RunConfig config = defaultConfig();
    config.run.name = "glue-base";
    config.model.moe.experts = 64;
    config.optim.lr = 5e-4;
    config.data.train = {"flickr8k/train.jsonl", "other.jsonl"};
    runs::RunStatus status;
    status.name = "glue-base";
    status.state = runs::RunState::kFailed;
    status.tags = {"GLUE", "long run"};
    status.note = "Warm-up too short";
    status.step = 120;
    status.loss = 2.5;
    status.has_loss = true;
    status.config = std::make_shared<runs::ConfigValues>(*runs::parseResolved(config::toYaml(config)));
    return status;
}

}  // namespace

class RunQueryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fits_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("fits");
        const auto row = [](const char* text, bool fits) { QTest::newRow(text) << text << fits; };
        row("", true);
        row("glue", true);
        row("GLUE base", true);
        row("glue missing", false);
        row("-missing", true);
        row("-glue", false);
        row("\"too short\"", true);
        row("\"short too\"", false);
        row("failed", true);
        row("tag:glue", true);
        row("tag:glu", false);
        row("tag:\"long run\"", true);
        row("-tag:glue", false);
        row("state:failed", true);
        row("state:lost,failed", true);
        row("state:running", false);
        row("name:base", true);
        row("note:warm-up", true);
        row("note:glue", false);
        row("experts=64", true);
        row("model.moe.experts=64", true);
        row("moe.experts=64.0", true);
        row("perts=64", false);  // no end of a key
        row("experts=6*", true);
        row("experts=32", false);
        row("experts!=32", true);
        row("experts!=64", false);
        row("experts>=64", true);
        row("experts>64", false);
        row("experts = 64", true);
        row("experts =64 lr< 1e-3", true);
        row("experts != 64", false);
        row("lr<1e-3", true);
        row("lr<=5e-4", true);
        row("lr>1e-3", false);
        row("experts=64 lr<1e-3 glue", true);
        row("experts=64 lr<1e-4 glue", false);
        row("-experts=64", false);
        row("data.train=*flickr*", true);  // one item of a list
        row("data.train=other.jsonl", true);
        row("data.train!=other.jsonl", false);
        row("step>=120", true);
        row("step<120", false);
        row("loss<2.6", true);
        row("loss<2.4", false);
        row("experts=", true);  // half typed: it hides nothing yet
        row("experts=abc", false);
    }

    void fits() {
        QFETCH(QString, text);
        QFETCH(bool, fits);
        QCOMPARE(RunQuery(text.toStdString()).matches(run()), fits);
    }

    void whatCanNotBeMeantIsSaid() {
        QCOMPARE(RunQuery("experts=64 glue").problem(), std::string());
        QVERIFY(test::contains(RunQuery("expertz=64").problem(), "expertz"));
        QVERIFY(test::contains(RunQuery("learning_rate=1").problem(), "optim.lr"));
        QVERIFY(test::contains(RunQuery("experts=").problem(), "value is missing"));
        QVERIFY(!RunQuery("expertz=64").matches(run()));
    }

    void valuesAreTheLoadersOwn() {
        RunConfig config = defaultConfig();
        config.run.tags = {"plain", "with space", "with, comma", "quote \" here"};
        config.run.note = "two\nlines: and a # sign";
        config.optim.lr = 1.5e-4;
        const std::string yaml = config::toYaml(config);
        const std::optional<runs::ConfigValues> values = runs::parseResolved(yaml);
        QVERIFY(values.has_value());
        QCOMPARE(values->entries.size(), schema().size());
        for (std::size_t i = 0; i < schema().size(); ++i) QCOMPARE(values->entries[i].first, schema()[i].path);
        QCOMPARE(*values->find("optim.lr"), std::string("0.00015"));
        QCOMPARE(*values->find("run.note"), config.run.note);
        QCOMPARE(runs::listItems(*values->find("run.tags")), config.run.tags);
        // Torn anywhere but at a line's end, it is not taken.
        int taken = 0, torn = 0;
        for (std::size_t size = 0; size < yaml.size(); ++size) {
            const bool whole_lines = size > 0 && yaml[size - 1] == '\n';
            const bool parsed = runs::parseResolved(yaml.substr(0, size)).has_value();
            QVERIFY(!parsed || whole_lines);
            ++(parsed ? taken : torn);
        }
        QVERIFY(torn > taken);
        for (const char* foreign : {"a:\n\tb: 1\n", "- x\n", "key\n", "  deep: 1\n", "run: {name: x}\nrun\n"})
            QVERIFY2(!runs::parseResolved(foreign).has_value(), foreign);
    }
};

QTEST_GUILESS_MAIN(RunQueryTest)
#include "run_query_test.moc"
