// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ask_answer.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <cmath>

#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(AskAnswer)
};

/// What stands for "they belong together" among the rows of such an answer.
const QString kTogether = QStringLiteral("together"), kApart = QStringLiteral("apart");

void readMatch(const QJsonObject& match, AskAnswer& answer) {
    const double together = match.value(QStringLiteral("probability")).toDouble();
    answer.cosine = match.value(QStringLiteral("score")).toDouble();
    answer.rows = {{kTogether, Words::tr("belong together"), together},
                   {kApart, Words::tr("do not belong together"), 1 - together}};
    if (together < 0.5) answer.rows.swapItemsAt(0, 1);
    answer.of = 2;
}

}  // namespace

QString AskAnswer::words() const {
    if (value) return number(*value, 2);
    return rows.isEmpty() ? QString() : rows.first().words;
}

AskAnswer readAnswer(const QJsonObject& told) {
    AskAnswer answer;
    const QString kind = told.value(QStringLiteral("kind")).toString();
    if (kind == QLatin1String("vqa")) answer.kind = AskKind::kVqa;
    if (kind == QLatin1String("text")) answer.kind = AskKind::kText;
    answer.tokens = static_cast<int>(told.value(QStringLiteral("tokens")).toArray().size());
    answer.text_tokens = told.value(QStringLiteral("text_tokens")).toInt();
    if (const QJsonObject match = told.value(QStringLiteral("match")).toObject(); !match.isEmpty())
        readMatch(match, answer);
    const QJsonObject first = told.value(QStringLiteral("answers")).toArray().first().toObject();
    answer.task = first.value(QStringLiteral("task")).toString();
    if (const QJsonValue value = first.value(QStringLiteral("value")); value.isDouble())
        answer.value = value.toDouble();
    for (const QJsonValue row : first.value(QStringLiteral("classes")).toArray()) {
        const QString name = row[QStringLiteral("class")].toString();
        answer.rows.append({name, classWords(answer.task, name), row[QStringLiteral("probability")].toDouble()});
    }
    if (!answer.rows.isEmpty() && answer.of == 0) answer.of = first.value(QStringLiteral("of")).toInt();
    return answer;
}

bool agrees(const AskAnswer& answer, const AskAnswer::Row& row, const SampleTruth& truth) {
    return row.name == (answer.kind == AskKind::kMatching ? kTogether : truth.answer);
}

Verdict verdictOf(const AskAnswer& answer, const SampleTruth& truth) {
    if (answer.value || answer.rows.isEmpty()) return Verdict::kUnknown;
    return agrees(answer, answer.rows.first(), truth) ? Verdict::kRight : Verdict::kWrong;
}

QString truthWords(const AskAnswer& answer, const SampleTruth& truth) {
    if (answer.kind == AskKind::kMatching) return Words::tr("in the data they belong together");
    if (answer.value) {
        if (!truth.value) return {};
        return Words::tr("the data says %1, %2 away")
            .arg(number(*truth.value, 2), number(std::abs(*truth.value - *answer.value), 2));
    }
    if (truth.answer.isEmpty()) return Words::tr("the data's answer is none that the model knows");
    const QString words = classWords(answer.task, truth.answer);
    if (truth.people.size() < 2) return Words::tr("the data says %1").arg(words);
    return Words::tr("the data says %1, as do %2 of %3 people")
        .arg(words, number(static_cast<double>(truth.people.count(truth.answer)), 0),
             number(static_cast<double>(truth.people.size()), 0));
}

}  // namespace switchyard::ui
