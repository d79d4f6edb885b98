// SPDX-License-Identifier: GPL-3.0-or-later
// A worker's answers as the window reads them, and how they stand beside what the data says.
#include <QJsonArray>
#include <QtTest>

#include "ui/models/ask_answer.h"
#include "ui/models/example_list_model.h"
#include "ui/models/sample_list_model.h"

using namespace switchyard::ui;

namespace {

QJsonObject classes(const QString& task, const QList<std::pair<QString, double>>& rows, int of) {
    QJsonArray list;
    for (const auto& [name, share] : rows) list.append(QJsonObject{{"class", name}, {"probability", share}});
    return {{"task", task}, {"classes", list}, {"of", of}};
}

AskAnswer question(const QString& best) {
    return readAnswer({{"kind", "vqa"},
                       {"answers", QJsonArray{classes("vqa", {{best, 0.7}, {"no", 0.2}}, 13)}},
                       {"tokens", QJsonArray{"is", "it"}}});
}

}  // namespace

class AskModelsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answersAreRead() {
        const AskAnswer answer = question("yes");
        QCOMPARE(answer.kind, AskKind::kVqa);
        QCOMPARE(answer.words(), QString("yes"));
        QCOMPARE(answer.rows.size(), 2);
        QCOMPARE(answer.rows[1].share, 0.2);
        QCOMPARE(answer.of, 13);
        QCOMPARE(answer.tokens, 2);
        QCOMPARE(answer.text_tokens, 0);
        const AskAnswer mood =
            readAnswer({{"kind", "text"}, {"answers", QJsonArray{classes("sst2", {{"1", 0.9}, {"0", 0.1}}, 2)}}});
        QCOMPARE(mood.words(), QString("positive"));
        QCOMPARE(mood.rows[0].name, QString("1"));
        const AskAnswer score = readAnswer({{"kind", "text"},
                                            {"answers", QJsonArray{QJsonObject{{"task", "stsb"}, {"value", 3.5}}}},
                                            {"text_tokens", 90}});
        QCOMPARE(*score.value, 3.5);
        QCOMPARE(score.words(), QString("3.50"));
        QCOMPARE(score.text_tokens, 90);
        // Whatever a worker of another version might say.
        QVERIFY(readAnswer({}).words().isEmpty());
        QVERIFY(readAnswer({{"answers", "none"}}).rows.isEmpty());
    }

    void aMatchIsAnAnswerOfTwo() {
        for (const double together : {0.8, 0.3}) {
            const AskAnswer answer =
                readAnswer({{"kind", "matching"},
                            {"match", QJsonObject{{"probability", together}, {"logit", 1.0}, {"score", 0.25}}}});
            QCOMPARE(answer.rows.size(), 2);
            QVERIFY(answer.rows[0].share >= answer.rows[1].share);
            QCOMPARE(answer.rows[0].share + answer.rows[1].share, 1.0);
            QCOMPARE(*answer.cosine, 0.25);
            // Rows of the data belong together.
            QCOMPARE(verdictOf(answer, {}), together > 0.5 ? Verdict::kRight : Verdict::kWrong);
            QCOMPARE(agrees(answer, answer.rows[0], {}), together > 0.5);
        }
    }

    void besideTheData() {
        SampleTruth truth;
        truth.answer = "yes";
        QCOMPARE(verdictOf(question("yes"), truth), Verdict::kRight);
        QCOMPARE(verdictOf(question("red"), truth), Verdict::kWrong);
        QCOMPARE(truthWords(question("red"), truth), QString("the data says yes"));
        truth.people = {"yes", "yes", "no", "yes"};
        QCOMPARE(truthWords(question("red"), truth), QString("the data says yes, as do 3 of 4 people"));
        // An answer that is no class: whatever is said is wrong.
        QCOMPARE(verdictOf(question("yes"), {}), Verdict::kWrong);
        QVERIFY(truthWords(question("yes"), {}).contains("none that the model knows"));
        SampleTruth score;
        score.task = "stsb";
        score.value = 4.25;
        AskAnswer said;
        said.kind = AskKind::kText;
        said.value = 3.5;
        QCOMPARE(verdictOf(said, score), Verdict::kUnknown);
        QCOMPARE(truthWords(said, score), QString("the data says 4.25, 0.75 away"));
    }

    void examplesKeepTheirAnswers() {
        ExampleListModel model;
        SampleTruth yes;
        yes.answer = "yes";
        const AskQuery first{{"is it red?", {}, "a.png"}, {}}, second{{"is it blue?", {}, "a.png"}, {}};
        model.setExamples({{first, yes, {}, Verdict::kUnknown}, {second, yes, {}, Verdict::kUnknown}});
        QCOMPARE(model.rowOf(second), 1);
        QCOMPARE(model.rowOf({{"is it blue?", {}, "b.png"}, {}}), -1);
        QCOMPARE(model.index(1).data(SampleListModel::kOutcomeRole).toString(), QString("not asked yet"));
        QSignalSpy changed(&model, &ExampleListModel::dataChanged);
        model.setAnswer(second, question("yes"));
        model.setAnswer(first, question("red"));
        model.setAnswer({{"another", {}, {}}, {}}, question("red"));
        QCOMPARE(changed.size(), 2);
        QCOMPARE(model.index(1).data(SampleListModel::kOutcomeRole).toString(), QString("✓ yes"));
        QCOMPARE(model.index(0).data(SampleListModel::kOutcomeRole).toString(), QString("✗ red"));
        QVERIFY(model.index(0).data(SampleListModel::kFailedRole).toBool());
        QVERIFY(!model.index(1).data(SampleListModel::kFailedRole).toBool());
        QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(), QString("is it red?, ✗ red"));
    }
};

QTEST_GUILESS_MAIN(AskModelsTest)
#include "ask_models_test.moc"
